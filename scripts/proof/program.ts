import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../street/config.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface Program {
  /** A script for Node, from the repository's root. */
  readonly file: string
  readonly args: readonly string[]
  readonly directory?: string
  /** What it is told beside what every child of ours knows. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Ended {
  readonly passed: boolean
  /** All it wrote, in the order it came. */
  readonly output: string
  readonly seconds: number
}

/**
 * Runs to the end, keeping what it writes; `show` gets it as it comes. What it started and left running fails it, and
 * is not waited for beyond `lastWordsMs`: it holds the pipes open, which would otherwise keep us here for ever.
 */
export function runProgram(
  program: Program,
  show?: (text: string) => void,
  lastWordsMs: number = 5_000,
): Promise<Ended> {
  const begun = performance.now()
  const file = join(repository, program.file)
  return new Promise((resolve) => {
    let output = ''
    const end = (passed: boolean): void => resolve({ passed, output, seconds: (performance.now() - begun) / 1000 })
    if (!existsSync(file)) {
      output = `${program.file} is not there. Run npm ci (or node scripts/bootstrap.mjs) first.\n`
      end(false)
      return
    }
    const child = spawn(process.execPath, [file, ...program.args], {
      cwd: program.directory ?? repository,
      ...(program.env === undefined
        ? {}
        : { env: { ...childEnvironment(), NODE_ENV: 'test' as const, ...program.env } }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const take = (chunk: Buffer): void => {
      output += chunk.toString()
      show?.(chunk.toString())
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => {
      output += String(error)
      end(false)
    })
    child.on('exit', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}\n`
      const leftRunning = setTimeout(() => {
        take(Buffer.from(`\n${program.file} has ended, and something it started still runs and holds its output\n`))
        child.stdout.destroy()
        child.stderr.destroy()
        end(false)
      }, lastWordsMs)
      child.on('close', () => {
        clearTimeout(leftRunning)
        end(code === 0)
      })
    })
  })
}

/** A fixed width for the left column, so that times stand under each other. */
export function resultLine(mark: string, name: string, seconds: number, note = ''): string {
  return `${mark.padEnd(5)} ${name.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s  ${note}`.trimEnd()
}
