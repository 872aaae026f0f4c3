#!/usr/bin/env node
// Writes contracts/generated.ts from the compiled contracts: the one file through which TypeScript knows the Solidity.
// --check answers from a hash of the sources alone, so that it costs nothing where nothing changed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Abi, type AbiEvent, type Hex, keccak256, size, toEventSelector, toFunctionSelector } from 'viem'
import { formatAbiItem } from 'viem/utils'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const target = path.join(root, 'contracts/generated.ts')
const contractNames = [
  'Consortium',
  'PointsFactory',
  'ShopPoints',
  'Issuance',
  'Redemptions',
  'ClearingHouse',
  'Standing',
  'ScoreLog',
  'Membership',
  'MemberAccounts',
  'MemberAccount',
  'GasSponsor',
  'Rewards',
  'Authority',
  'Board',
  'Founders',
  'Courier',
  'MutualFund',
  'StreetMoney',
] as const
const enumNames = ['ShopStatus', 'IssuerMode', 'TillKind', 'LeftOut', 'RefusedBecause', 'Tier', 'StandingKind'] as const

/** OpenZeppelin left these without a sentence. */
const silentUpstream = new Map([
  ['InvalidShortString', 'A short string is not one.'],
  ['StringTooLong', 'A string is longer than the 31 bytes that fit.'],
  ['AccessManagedUnauthorized', 'The caller does not hold the office this belongs to.'],
  ['AccessManagedRequiredDelay', 'The caller may do this only with a delay, by way of the authority.'],
  ['AccessManagedInvalidAuthority', 'An authority must be a contract.'],
  ['AccessManagerAlreadyScheduled', 'The operation is scheduled already.'],
  ['AccessManagerBadConfirmation', 'An office is given up only by its holder, who names themselves.'],
  ['AccessManagerExpired', 'The scheduled operation was not carried out in time.'],
  ['AccessManagerInvalidInitialAdmin', 'The authority needs an administrator to begin with.'],
  ['AccessManagerLockedFunction', 'This function stays with the administrators.'],
  ['AccessManagerLockedRole', 'The office of the administrators, or of everybody, cannot be changed like this.'],
  ['AccessManagerNotReady', 'The scheduled operation is not due yet.'],
  ['AccessManagerNotScheduled', 'The operation is not scheduled.'],
  ['AccessManagerUnauthorizedAccount', 'The caller does not hold the office that administers this.'],
  ['AccessManagerUnauthorizedCall', 'The caller may not do this by way of the authority.'],
  ['AccessManagerUnauthorizedCancel', 'The caller may not cancel this operation.'],
  ['AccessManagerUnauthorizedConsume', 'Only the contract an operation is for may use it up.'],
  ['CloneArgumentsTooLong', 'The arguments of an account do not fit into its code.'],
  ['GovernorLockedIgnore', 'The authority stays in charge of this.'],
  ['GovernorMismatchedNonce', 'The operation was scheduled anew since the proposal was queued.'],
  ['GovernorUnmetDelay', 'The decision takes effect from a later second on.'],
  ['AccessManagerIgnoredSet', 'The authority is, or is no longer, asked before the board does this.'],
  ['OutOfRangeAccess', 'Fewer bytes are there than were asked for.'],
  ['UnsupportedExecutionMode', 'An account executes batches of calls only, all or none.'],
  ['ERC7579DecodingError', 'The calls of a batch cannot be read.'],
  ['ERC7579UnsupportedExecType', 'An account does not go on after a call that failed.'],
  ['ERC7579TryExecuteFail', 'A call of a batch failed, and the others went on; ours never go on.'],
  ['OwnershipTransferStarted', 'Somebody was offered to own this contract, and has to accept.'],
  ['OwnershipTransferred', 'The contract has this owner from now on.'],
  ['BaseDelaySet', 'The delay between a decision and its effect is now this.'],
])

type Artifact = { contractName: string; abi: Abi; bytecode: Hex; deployedBytecode: Hex }

const stale = 'contracts/generated.ts is older than the contracts: run `npm run generate` and commit it'

const help = `Usage: node scripts/generate.ts [--check | --snapshots]

Compiles the contracts where needed and writes contracts/generated.ts.
  --check      only say whether that file is fresh; exits with 1 where it is not
  --snapshots  also measure gas, storage layouts and sizes anew, and write test/contracts/snapshots/*.json
  --help       this text`

function main(): void {
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({ options: { check: flag, snapshots: flag, help: flag } })
  if (values.help) {
    console.log(help)
    return
  }
  const sources = readSources()
  const wanted = sourceHash(sources)
  const fresh = existsSync(target) && readFileSync(target, 'utf8').includes(`sourceHash = '${wanted}'`)
  if (values.check) {
    process.exitCode = fresh ? 0 : 1
    console.log(fresh ? 'contracts/generated.ts is fresh' : stale)
    return
  }
  if (fresh && artifactsExist()) {
    console.log('contracts/generated.ts is fresh already')
  } else {
    compile()
    writeFileSync(target, render(contractNames.map(readArtifact), readSentences(sources), sources, wanted))
    console.log('contracts/generated.ts written')
  }
  if (values.snapshots) writeSnapshots()
}

/** Measured by the program that the tests measure with. */
function writeSnapshots(): void {
  // The artifacts may be there and still be older than the sources.
  compile()
  const program = path.join(root, 'test/contracts/write-snapshots.ts')
  const run = spawnSync(process.execPath, [program], { cwd: root, stdio: 'inherit' })
  if (run.status !== 0) throw new Error('The snapshots could not be measured; what went wrong is above')
}

/** Every Solidity source of ours by its path, in a fixed order. */
function readSources(): Map<string, string> {
  const files = globSync('contracts/**/*.sol', { cwd: root }).sort()
  return new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]))
}

/** A hash over everything that decides on the generated file: sources, compiler settings, OpenZeppelin, this script. */
function sourceHash(sources: Map<string, string>): string {
  const config = readFileSync(path.join(root, 'hardhat.config.ts'), 'utf8')
  const settings = config.match(/version: '[^']+'|settings: \{.*\}/g) ?? []
  const openZeppelin = readFileSync(path.join(root, 'node_modules/@openzeppelin/contracts/package.json'), 'utf8')
  const hash = createHash('sha256')
  hash.update(JSON.stringify([...sources, settings, openZeppelin.match(/"version": "[^"]+"/)?.[0]]))
  hash.update(readFileSync(fileURLToPath(import.meta.url)))
  return hash.digest('hex')
}

/** Contracts stand in their room or one folder below. */
function artifactPath(name: string): string {
  const [below] = globSync(`artifacts/contracts/*/${name}.sol/${name}.json`, { cwd: root })
  return path.join(root, below ?? `artifacts/contracts/${name}.sol/${name}.json`)
}

function artifactsExist(): boolean {
  return contractNames.every((name) => existsSync(artifactPath(name)))
}

function compile(): void {
  const hardhat = path.join(root, 'node_modules/.bin/hardhat')
  const run = spawnSync(process.execPath, [hardhat, 'build', '--quiet', '--no-tests'], { cwd: root, stdio: 'inherit' })
  if (run.status !== 0) throw new Error('The contracts do not compile')
}

function readArtifact(name: string): Artifact {
  const artifact: Artifact = JSON.parse(readFileSync(artifactPath(name), 'utf8'))
  return artifact
}

/** The sentence that stands over each error and event, by name; OpenZeppelin's are read from their sources. */
function readSentences(sources: Map<string, string>): Map<string, string> {
  const libraries = globSync('**/*.sol', { cwd: path.join(root, 'node_modules/@openzeppelin/contracts') })
  const texts = libraries.map((file) =>
    readFileSync(path.join(root, 'node_modules/@openzeppelin/contracts', file), 'utf8'),
  )
  const sentences = new Map(silentUpstream)
  // Ours come last, so that they win over a namesake.
  for (const text of [...texts, ...sources.values()]) {
    const found = text.matchAll(/((?:^ *(?:\/\/\/|\/\*\*|\*|\*\/).*\n)+) *(?:error|event) (\w+)\(/gm)
    for (const [, comment = '', name = ''] of found) {
      const sentence = comment
        .replace(/^ *(?:\/\/\/|\/\*\*|\*\/|\*)/gm, ' ')
        .replace(/@param[\s\S]*$/, '')
        .replace(/@(?:notice|dev)/g, '')
        .replace(/\s+/g, ' ')
        .trim()
      if (sentence !== '') sentences.set(name, sentence)
    }
  }
  return sentences
}

/** The names of an enum's members in order, from the sources. */
function readEnum(name: string, sources: Map<string, string>): string[] {
  for (const text of sources.values()) {
    const body = text.match(new RegExp(`enum ${name} \\{([^}]*)\\}`))?.[1]
    if (body !== undefined) return body.split(',').map((member) => member.trim())
  }
  throw new Error(`No enum ${name} in the contracts`)
}

function render(
  artifacts: Artifact[],
  sentences: Map<string, string>,
  sources: Map<string, string>,
  hash: string,
): string {
  const parts = [
    '// Written by scripts/generate.ts from the compiled contracts; do not edit.',
    `export const sourceHash = '${hash}'`,
    ...artifacts.map(renderAbi),
    renderErrors(artifacts, sentences),
    renderEvents(artifacts, sentences),
    ...enumNames.map((name) => `export const ${lowerFirst(name)}Names = ${literal(readEnum(name, sources))} as const`),
    renderCodeHashes(artifacts),
  ]
  return `${parts.join('\n\n')}\n`
}

function renderAbi(artifact: Artifact): string {
  const items = artifact.abi.map((item) => `  ${literal(item)},`)
  return `export const ${lowerFirst(artifact.contractName)}Abi = [\n${items.join('\n')}\n] as const`
}

function renderErrors(artifacts: Artifact[], sentences: Map<string, string>): string {
  const rows = new Map<string, string>()
  for (const item of artifacts.flatMap((artifact) => [...artifact.abi])) {
    if (item.type !== 'error') continue
    const sentence = sentenceOf(item.name, sentences)
    rows.set(toFunctionSelector(formatAbiItem(item)), literal({ name: item.name, sentence }))
  }
  return `/** Every custom error by its selector. */\nexport const errorTable = {\n${renderRows(rows)}\n} as const`
}

function renderEvents(artifacts: Artifact[], sentences: Map<string, string>): string {
  const rows = new Map<string, { name: string; contracts: string[]; sentence: string }>()
  for (const artifact of artifacts) {
    for (const item of artifact.abi.filter((entry): entry is AbiEvent => entry.type === 'event')) {
      const topic = toEventSelector(item)
      const row = rows.get(topic) ?? { name: item.name, contracts: [], sentence: sentenceOf(item.name, sentences) }
      rows.set(topic, { ...row, contracts: [...row.contracts, artifact.contractName] })
    }
  }
  const lines = new Map([...rows].map(([topic, row]) => [topic, literal(row)]))
  return `/** Every event by its first topic. */\nexport const eventTable = {\n${renderRows(lines)}\n} as const`
}

function sentenceOf(name: string, sentences: Map<string, string>): string {
  const sentence = sentences.get(name)
  if (sentence === undefined) throw new Error(`${name} has no sentence in its NatSpec`)
  return sentence
}

function renderRows(rows: Map<string, string>): string {
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, row]) => `  '${key}': ${row},`)
    .join('\n')
}

function renderCodeHashes(artifacts: Artifact[]): string {
  const rows = artifacts.map(({ contractName, bytecode, deployedBytecode }) => {
    const hashes = {
      creation: keccak256(bytecode),
      runtime: keccak256(deployedBytecode),
      bytes: size(deployedBytecode),
    }
    return `  ${contractName}: ${literal(hashes)},`
  })
  const comment =
    '/** Hashes of creation code without arguments and of runtime code with immutables zero; runtime size. */'
  return `${comment}\nexport const codeHashes = {\n${rows.join('\n')}\n} as const`
}

/** A JSON value as a TypeScript literal in single quotes. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  // Solidity's own names of types say nothing to viem and would double the file.
  const fields = Object.entries(value)
    .filter(([key]) => key !== 'internalType')
    .map(([key, field]) => `${key}: ${literal(field)}`)
  return `{ ${fields.join(', ')} }`
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

main()
