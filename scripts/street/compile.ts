import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import type { Abi, Hex } from 'viem'
import { Complaint } from './complaint.ts'
import { childEnvironment } from './config.ts'
import { alone } from './lock.ts'
import { checkout } from './place.ts'
import { type Child, type ChildOptions, logFrom, startChild } from './processes.ts'

/** The contracts a network is made of, the money of a street that has none, and who may pay for members' gas. */
export const deployedContracts = [
  'Authority',
  'StreetMoney',
  'Consortium',
  'PointsFactory',
  'Issuance',
  'Redemptions',
  'ClearingHouse',
  'Standing',
  'Membership',
  'MemberAccounts',
  'Rewards',
  'Board',
  'Founders',
  'GasSponsor',
  'Courier',
] as const
export type DeployedContract = (typeof deployedContracts)[number]

export interface Artifact {
  readonly abi: Abi
  readonly bytecode: Hex
}

/** Folders below contracts/ of those that do not stand at its top. */
const folders: { readonly [name in DeployedContract]?: string } = {
  MemberAccounts: 'accounts',
  GasSponsor: 'accounts',
}

const artifactPath = (name: DeployedContract): string =>
  join(checkout, 'artifacts', 'contracts', folders[name] ?? '', `${name}.sol`, `${name}.json`)

export function artifactOf(name: DeployedContract): Artifact {
  const path = artifactPath(name)
  if (!existsSync(path))
    throw new Complaint(`${relative(checkout, path)} is missing: npm start compiles the contracts.`)
  return JSON.parse(readFileSync(path, 'utf8')) as Artifact
}

/** One hash over files' names and contents, in one order on every machine. */
export function hashOfFiles(files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of [...files].sort()) {
    hash.update(relative(checkout, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/** Every file below a folder whose path `keep` accepts. */
export function filesBelow(folder: string, keep: (path: string) => boolean): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ['node_modules', '.next'].includes(entry.name) ? [] : filesBelow(path, keep)
    return keep(path) ? [path] : []
  })
}

export const stampFolder = join(checkout, 'node_modules', '.cache', 'highstreet')
const stamp = join(stampFolder, 'contracts.sha256')

/** The stamp covers what went in and what came out, so that neither an edit nor somebody else's build goes unseen. */
function currentStamp(): string | undefined {
  const artifacts = deployedContracts.map(artifactPath)
  if (!artifacts.every((path) => existsSync(path))) return undefined
  const sources = filesBelow(join(checkout, 'contracts'), (path) => path.endsWith('.sol'))
  const settings = ['hardhat.config.ts', 'package-lock.json'].map((name) => join(checkout, name))
  return hashOfFiles([...sources, ...settings, ...artifacts])
}

const compiled = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === currentStamp()

/** Compiles the contracts when what lies there is not made from the sources that lie there. */
export async function compileIfNeeded(
  options: { readonly log: string; readonly start?: Starter },
  announce: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  if (compiled()) return
  await announce(() =>
    alone(join(stampFolder, 'contracts.lock'), async () => {
      if (compiled()) return
      const tool = { name: 'compiler', log: options.log, args: [hardhatCli(), 'build', '--quiet'], more: {} }
      await runToEnd(tool, options.start)
      const made = currentStamp()
      if (made === undefined) throw new Complaint(`The compiler left contracts out; its log is ${options.log}.`)
      mkdirSync(stampFolder, { recursive: true })
      writeFileSync(stamp, made)
    }),
  )
}

export const hardhatCli = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('hardhat/package.json')), 'dist', 'src', 'cli.js')

/** How a program is started; a street notes each, so that it ends with the street. */
export type Starter = (options: ChildOptions) => Promise<Child>

export interface Tool {
  readonly name: string
  readonly log: string
  readonly args: readonly string[]
  readonly more: Readonly<Record<string, string>>
}

/** Runs one of our tools on this Node until it ends; its words go to the log, and a failure says where that is. */
export async function runToEnd(tool: Tool, start: Starter = startChild): Promise<void> {
  const from = existsSync(tool.log) ? statSync(tool.log).size : 0
  const env = { ...childEnvironment(), ...tool.more }
  const { name, log, args } = tool
  const child = await start({ name, log, args, command: process.execPath, cwd: checkout, env })
  const ending = await child.ended
  if (ending === 'exit code 0') return
  const said = logFrom(tool.log, from).trim().split('\n').slice(-5).join('\n')
  throw new Complaint(`The ${tool.name} failed (${ending}). Its log is ${tool.log} and ends:\n${said}`)
}
