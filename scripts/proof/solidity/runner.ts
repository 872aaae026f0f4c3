import { createRequire } from 'node:module'
import type { Artifact, EdrContext, SolidityTestRunnerConfigArgs, SuiteResult } from '@nomicfoundation/edr'
import hre from 'hardhat'
import { repository } from '../program.ts'
import { type Compilation, solcVersion } from './compiler.ts'

// Hardhat's own simulator, found from Hardhat, so that it is the one `hardhat test solidity` runs.
const edr: typeof import('@nomicfoundation/edr') = createRequire(createRequire(import.meta.url).resolve('hardhat'))(
  '@nomicfoundation/edr',
)

export interface TestFailure {
  readonly suite: string
  readonly test: string
  readonly reason: string
}

export interface SuiteRun {
  readonly suite: string
  readonly passed: readonly string[]
  readonly failed: readonly TestFailure[]
  readonly seconds: number
  readonly results: SuiteResult['testResults']
}

export interface RunOptions {
  /** Replaces text in all code before it runs. */
  readonly patch?: (code: string) => string
  /** Tests that are left out, by their names. */
  readonly without?: readonly string[]
  /** Tests that run, by a pattern of their names; all where nothing is said. */
  readonly only?: string
  readonly onHits?: (tags: Uint8Array[]) => void
  readonly fuzzRuns?: number
  readonly fuzzSeed?: string
  readonly invariant?: { readonly runs?: number; readonly depth?: number; readonly shrinkRunLimit?: number }
  /** A ceiling for one test, where a loop may have lost its end. */
  readonly gasLimit?: bigint
}

let opened: Promise<EdrContext> | undefined

/** The simulator may be made once in a process. */
function simulator(): Promise<EdrContext> {
  opened ??= (async () => {
    const context = new edr.EdrContext()
    await context.registerSolidityTestRunnerFactory(edr.L1_CHAIN_TYPE, edr.l1SolidityTestRunnerFactory())
    return context
  })()
  return opened
}

/** A suite's name is its source and its contract: `test/contracts/Issuance.t.sol:IssuanceTest`. */
export const suiteName = (artifact: Artifact): string => `${artifact.id.source}:${artifact.id.name}`

export function artifactsOf(compilation: Compilation): Artifact[] {
  return Object.entries(compilation.contracts ?? {}).flatMap(([source, contracts]) =>
    Object.entries(contracts).map(([name, { abi, evm }]) => ({
      id: { name, source, solcVersion },
      contract: {
        abi: JSON.stringify(abi),
        bytecode: `0x${evm.bytecode.object}`,
        linkReferences: evm.bytecode.linkReferences,
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        deployedLinkReferences: evm.deployedBytecode.linkReferences,
      } as Artifact['contract'],
    })),
  )
}

export function isSuite({ contract, id }: Artifact): boolean {
  if (!id.source.endsWith('.t.sol') || (contract.bytecode ?? '0x') === '0x') return false
  const abi: { readonly type: string; readonly name?: string }[] = JSON.parse(contract.abi)
  return abi.some(({ type, name }) => type === 'function' && /^(test|invariant)/.test(name ?? ''))
}

/** Runs one suite in this process. */
export async function runSuite(
  suite: Artifact,
  artifacts: readonly Artifact[],
  options: RunOptions = {},
): Promise<SuiteRun> {
  const context = await simulator()
  const begun = performance.now()
  const results: SuiteResult['testResults'] = []
  const { patch } = options
  const shown = patch === undefined ? [...artifacts] : artifacts.map((artifact) => patched(artifact, patch))
  const config = runnerConfig(options)
  // The suite's results come by a way of their own, and may come after the run has said that it is over.
  await new Promise<void>((tell, fail) => {
    const take = (done: SuiteResult): void => {
      results.push(...done.testResults)
      tell()
    }
    context.runSolidityTests(edr.L1_CHAIN_TYPE, shown, [suite.id], config, {}, take).catch(fail)
  })
  const name = suiteName(suite)
  const isFailure = ({ status }: (typeof results)[number]): boolean => status === edr.TestStatus.Failure
  return {
    suite: name,
    passed: results.filter(({ status }) => status === edr.TestStatus.Success).map((result) => result.name),
    failed: results
      .filter(isFailure)
      .map((result) => ({ suite: name, test: result.name, reason: result.reason ?? 'no reason given' })),
    seconds: (performance.now() - begun) / 1000,
    results,
  }
}

function patched(artifact: Artifact, patch: (code: string) => string): Artifact {
  const { bytecode, deployedBytecode } = artifact.contract
  const code = {
    ...(bytecode === undefined ? {} : { bytecode: patch(bytecode) }),
    ...(deployedBytecode === undefined ? {} : { deployedBytecode: patch(deployedBytecode) }),
  }
  return { ...artifact, contract: { ...artifact.contract, ...code } }
}

/** What hardhat.config.ts says of Solidity tests, and what this run changes in it. */
function runnerConfig(options: RunOptions): SolidityTestRunnerConfigArgs {
  const said = hre.config.test.solidity.profiles['default']
  if (said === undefined) throw new Error('hardhat.config.ts has no profile "default" for Solidity tests')
  // Where failures are kept for the next run is for the contracts as they are.
  const { failurePersistDir: _, ...invariant } = said.invariant ?? {}
  const fuzz = { ...said.fuzz, ...(options.fuzzRuns === undefined ? {} : { runs: options.fuzzRuns }) }
  // Numbers in the code give the fuzzer ideas. A copy has others, and should not be tried with other inputs for that.
  const ideas = options.patch === undefined && options.onHits === undefined ? {} : { includePushBytes: false }
  const readable = said.fsPermissions?.readDirectory ?? []
  const { without = [], only, onHits } = options
  return {
    projectRoot: repository,
    hardfork: edr.OSAKA,
    localPredeploys: edr.l1GenesisState(edr.l1HardforkFromString(edr.OSAKA)),
    disableBlockGasLimit: true,
    disableTransactionGasCap: true,
    fsPermissions: readable.map((path) => ({ access: edr.FsAccessPermission.ReadDirectory, path })),
    fuzz: { ...fuzz, ...ideas, ...(options.fuzzSeed === undefined ? {} : { seed: options.fuzzSeed }) } as NonNullable<
      SolidityTestRunnerConfigArgs['fuzz']
    >,
    invariant: { ...invariant, ...ideas, ...options.invariant } as NonNullable<
      SolidityTestRunnerConfigArgs['invariant']
    >,
    collectStackTraces: edr.CollectStackTraces.OnFailure,
    ...(options.gasLimit === undefined ? {} : { gasLimit: options.gasLimit }),
    ...(only === undefined ? {} : { testPattern: only }),
    ...(without.length === 0 ? {} : { excludeTestPattern: `^(${without.join('|')})(\\(|$)` }),
    ...(onHits === undefined
      ? {}
      : { observability: { codeCoverage: { onCollectedCoverageCallback: async (tags) => onHits(tags) } } }),
  }
}
