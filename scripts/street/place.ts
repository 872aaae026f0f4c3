import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Complaint } from './complaint.ts'

/** The checkout that this file belongs to. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/**
 * What Node is given to run the indexer. Little lives in its heap and much passes through it: with V8's usual nursery a
 * backfill took about 100 MB more.
 */
export const indexerProgram = [
  '--max-semi-space-size=8',
  `--import=${pathToFileURL(join(checkout, 'indexer', 'keep-compiled.mjs')).href}`,
  join(checkout, 'indexer', 'main.ts'),
] as const

/** Where one street keeps what it must not forget. */
export interface StreetFiles {
  readonly home: string
  readonly deployment: string
  readonly chain: string
  readonly genesis: string
  readonly opened: string
  readonly relayerKey: string
  readonly deployerKey: string
  readonly people: string
  readonly imports: string
  readonly running: string
  readonly logs: string
}

export function filesOf(directory: string): StreetFiles {
  const home = resolve(checkout, directory)
  return {
    home,
    deployment: join(home, 'deployment.json'),
    chain: join(home, 'chain.json'),
    genesis: join(home, 'genesis.json'),
    opened: join(home, 'opened.json'),
    relayerKey: join(home, 'relayer.key'),
    deployerKey: join(home, 'deployer.key'),
    people: join(home, 'people.json'),
    imports: join(home, 'imports'),
    running: join(home, 'running.json'),
    logs: join(home, 'log'),
  }
}

export const logOf = (files: StreetFiles, name: string): string => join(files.logs, `${name}.log`)

/** Writes a file that is always whole: under another name first, then renamed. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.new`
  writeFileSync(partial, text, { mode })
  chmodSync(partial, mode)
  renameSync(partial, path)
}

export const writeSecret = (path: string, text: string): void => writeWhole(path, text, 0o600)

export function writeJson(path: string, value: unknown, mode = 0o644): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`, mode)
}

/** What a JSON file of ours holds; undefined where there is none. */
export function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new Complaint(`${path} is not readable as JSON: put it right, or begin anew with npm start -- --reset`)
  }
}
