import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { repository } from '../program.ts'
import type { Equipment, Told, Trial, Verdict } from './trial.ts'

// Only a test that has failed, or lost the end of a loop, takes so much: the simulator then retraces its every step.
const mostBytes = 2_500_000_000
const watchEveryMs = 250

/** A process that tries mutants. One that ends the process is dead all the same, and the next gets a new process. */
export class TrialProcess implements Disposable {
  private readonly equipment: string
  private running: ChildProcess | undefined

  private constructor(equipment: string) {
    this.equipment = equipment
  }

  /** Puts what all the processes need where they find it. */
  static prepare(equipment: Equipment): { open(): TrialProcess } & Disposable {
    const folder = join(repository, 'cache', 'mutation')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `trial-${process.pid}.bin`)
    writeFileSync(file, serialize(equipment))
    return { open: () => new TrialProcess(file), [Symbol.dispose]: () => rmSync(file, { force: true }) }
  }

  async judge(trial: Trial): Promise<Verdict> {
    this.running ??= fork(fileURLToPath(new URL('./trial-worker.ts', import.meta.url)), [this.equipment], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const child = this.running
    // A process that has just begun needs a while before its first suite.
    let until = Date.now() + 60_000
    let overdrawn = ''
    const watch = setInterval(() => {
      if (residentBytes(child.pid) > mostBytes) overdrawn = 'out of memory'
      else if (Date.now() > until) overdrawn = 'out of time'
      if (overdrawn !== '') child.kill('SIGKILL')
    }, watchEveryMs)
    try {
      const answer = await answerOf(child, trial, (index) => {
        until = Date.now() + (trial.suites[index]?.mostSeconds ?? 0) * 1_000
      })
      if ('verdict' in answer) return answer.verdict
      this.running = undefined
      // A signal that nobody here sent is the simulator's own end.
      const reason = overdrawn || (answer.code === null ? 'the simulator broke down' : '')
      if (reason !== '') return { failed: { suite: 'any', test: 'came to no end', reason } }
      throw new Error(`a process that tries mutants ended with ${answer.code} and said: ${answer.said.slice(-2_000)}`)
    } finally {
      clearInterval(watch)
    }
  }

  [Symbol.dispose](): void {
    this.running?.kill('SIGKILL')
  }
}

type Answer = { readonly verdict: Verdict } | { readonly code: number | null; readonly said: string }

function answerOf(child: ChildProcess, trial: Trial, begins: (index: number) => void): Promise<Answer> {
  return new Promise((resolve) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
    }
    const answer = (found: Answer): void => {
      child.off('message', judged).off('exit', ended)
      child.stderr?.off('data', hear)
      resolve(found)
    }
    const judged = (told: Told): void => {
      if ('verdict' in told) answer(told)
      else begins(told.begins)
    }
    const ended = (code: number | null): void => answer({ code, said })
    child.on('message', judged).on('exit', ended)
    child.stderr?.on('data', hear)
    child.send(trial)
  })
}

/** Where the system does not tell, time alone is the limit. */
function residentBytes(pid: number | undefined): number {
  const file = `/proc/${pid}/statm`
  if (!existsSync(file)) return 0
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[1]) * 4_096
  } catch {
    // It has just ended.
    return 0
  }
}
