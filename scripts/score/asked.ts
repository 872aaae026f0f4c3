import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Complaint } from '../street/complaint.ts'
import { settings } from '../street/config.ts'

const flags = {
  model: { type: 'string' },
  input: { type: 'string' },
  columns: { type: 'string' },
  litt: { type: 'string' },
  k: { type: 'string' },
  params: { type: 'string' },
  gg: { type: 'string' },
  at: { type: 'string' },
  horizon: { type: 'string' },
  step: { type: 'string' },
  rate: { type: 'string' },
  'calibration-end': { type: 'string' },
  'holdout-end': { type: 'string' },
  origins: { type: 'string', default: '1' },
  rpc: { type: 'string' },
  deployment: { type: 'string' },
  run: { type: 'string' },
  'time-zone': { type: 'string', default: 'Europe/Berlin' },
  'left-out': { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export type Asked = ReturnType<typeof askedBy>

/** The command line as it was typed; what it means is judged where it is used. */
export function askedBy(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: flags, allowPositionals: true })
    return { ...values, what: positionals[0], more: positionals.slice(1) }
  } catch (error) {
    const said = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new Complaint(`${said}. See npm run score -- --help.`)
  }
}

export function required(flag: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw new Complaint(`--${flag} is missing. See npm run score -- --help.`)
}

export function numberAbove(flag: string, value: string | undefined, limit: number): number {
  const text = required(flag, value)
  const number = Number(text)
  if (/^[+-]?[\d.]+([eE][+-]?\d+)?$/.test(text) && Number.isFinite(number) && number > limit) return number
  throw new Complaint(`--${flag} takes a number above ${limit}, not "${text}".`)
}

/** Names of columns, in the order in which the model asks for them. */
export function columnsOf(asked: Asked, wanted: readonly string[], optional: readonly string[] = []): string[] {
  const given = required('columns', asked.columns)
    .split(',')
    .map((name) => name.trim())
  if (given.length >= wanted.length && given.length <= wanted.length + optional.length) return given
  const names = [...wanted, ...optional.map((name) => `[${name}]`)].join(',')
  throw new Complaint(`--columns names ${given.length} columns; expected the file's names for ${names}, in this order.`)
}

/** A little less than the longest text there can be. */
const largestFile = 500_000_000

/** A path as the person typed it where they stood, or else from the checkout. */
export function pathOf(path: string): string {
  const typed = resolve(settings().calledFrom ?? '.', path)
  return existsSync(typed) ? typed : resolve(path)
}

export function inputOf(asked: Asked): { readonly path: string; readonly bytes: Uint8Array } {
  const path = required('input', asked.input)
  const found = pathOf(path)
  if (!existsSync(found) || !statSync(found).isFile()) throw new Complaint(`There is no file at ${path}.`)
  if (statSync(found).size > largestFile) throw new Complaint(`${path} is larger than 500 MB: split it.`)
  return { path, bytes: readFileSync(found) }
}
