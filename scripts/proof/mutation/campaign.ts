import type { Artifact } from '@nomicfoundation/edr'
import { type Sources, solidityOf } from '../solidity/compiler.ts'
import { artifactsOf, isSuite, type RunOptions, suiteName, type TestFailure } from '../solidity/runner.ts'
import { hasInvariants, reachOf, unfitCopy } from '../solidity/suites.ts'
import type { Mutant } from './collect.ts'
import { compileSchema } from './schema.ts'
import type { Outcome } from './state.ts'
import type { TimedSuite } from './trial.ts'
import { TrialProcess } from './trial-pool.ts'

/** A loop that lost its end stops here, if time or memory do not end it before; the dearest test uses a fraction. */
const gasLimit = 20_000_000_000n

// Each run uses what the other leaves of the cores: a suite of one test needs one.
const atOnce = 2

const mostInPart = 600

export interface Campaign {
  readonly sources: Sources
  readonly mutants: readonly Mutant[]
  readonly gasTests: readonly string[]
  readonly exclusionsFile: string
  readonly fuzzSeed?: string | undefined
}

export interface Course {
  /** What goes on, often. */
  tell(text: string): void
  decided(mutant: Mutant, outcome: Outcome): void
  stopped(): boolean
}

/** Tries mutants against the Solidity tests, each until the first test fails. */
export async function tryMutants(campaign: Campaign, course: Course): Promise<void> {
  const parts = partsOf(campaign.mutants)
  let before = 0
  for (const [index, mutants] of parts.entries()) {
    if (course.stopped()) return
    const tell = (text: string): void => course.tell(`part ${index + 1} of ${parts.length}: ${text}`)
    const decided = (mutant: Mutant, outcome: Outcome): void => {
      before += 1
      course.decided(mutant, outcome)
      tell(`${before} of ${campaign.mutants.length} mutants`)
    }
    await tryPart({ ...campaign, mutants }, { ...course, tell, decided })
  }
}

/** Whole files together up to a number: more code takes longer to deploy in every test, fewer files compile oftener. */
function partsOf(mutants: readonly Mutant[]): Mutant[][] {
  const parts: Mutant[][] = []
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    const ofFile = mutants.filter((mutant) => mutant.file === file)
    const last = parts.at(-1)
    if (last !== undefined && last.length + ofFile.length <= mostInPart) last.push(...ofFile)
    else parts.push(ofFile)
  }
  return parts
}

async function tryPart({ sources, mutants, ...campaign }: Campaign, course: Course): Promise<void> {
  const schema = await compileSchema(sources, mutants, course.tell)
  for (const { mutant, because } of schema.refused) course.decided(mutant, { status: 'no Solidity', by: because })
  const artifacts = artifactsOf(schema.compilation)
  // An invariant that fails in a copy may have failed by chance, and one that holds takes a minute to say so.
  const suites = artifacts.filter((artifact) => isSuite(artifact) && !hasInvariants(artifact))
  const options: RunOptions = {
    without: campaign.gasTests,
    gasLimit,
    ...(campaign.fuzzSeed === undefined ? {} : { fuzzSeed: campaign.fuzzSeed }),
  }
  using prepared = TrialProcess.prepare({ artifacts, options })
  const seconds = await secondsOf(suites, prepared, campaign.exclusionsFile, course.tell)
  const order = new SuiteOrder(suites, sources, seconds)
  const waiting = [...schema.mutants]
  const work = async (): Promise<void> => {
    using trials = prepared.open()
    for (let next = waiting.shift(); next !== undefined && !course.stopped(); next = waiting.shift()) {
      const [number, mutant] = next
      const ordered = order.of(mutant)
      const { failed } = await trials.judge({ number, suites: ordered.map((suite) => order.timed(suite)) })
      if (failed !== undefined) order.killed(mutant, failed.suite)
      const killed: Outcome = { status: 'killed', by: `${failed?.suite} ${failed?.test}` }
      course.decided(mutant, failed === undefined ? { status: 'survived', by: `${ordered.length} suites` } : killed)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** What each suite takes with no mutant chosen; every test has to pass then. */
async function secondsOf(
  suites: readonly Artifact[],
  prepared: { open(): TrialProcess },
  exclusionsFile: string,
  tell: (text: string) => void,
): Promise<Map<string, number>> {
  using trials = prepared.open()
  const seconds = new Map<string, number>()
  const failures: TestFailure[] = []
  for (const suite of suites) {
    tell(`first the tests with no mutant chosen, ${suite.id.name}`)
    const name = suiteName(suite)
    const begun = performance.now()
    const { failed } = await trials.judge({ number: 0, suites: [{ name, mostSeconds: 900 }] })
    if (failed !== undefined) failures.push({ ...failed, suite: name })
    seconds.set(name, (performance.now() - begun) / 1_000)
  }
  if (failures.length > 0) throw new Error(unfitCopy(failures, exclusionsFile))
  return seconds
}

/** The suites a mutant has to pass: those that killed its neighbours first. */
class SuiteOrder {
  private readonly suites: readonly Artifact[]
  private readonly reach: ReadonlyMap<string, ReadonlySet<string>>
  private readonly seconds: ReadonlyMap<string, number>
  private readonly kills = new Map<string, number>()

  constructor(suites: readonly Artifact[], sources: Sources, seconds: ReadonlyMap<string, number>) {
    this.suites = suites
    this.reach = reachOf(sources)
    this.seconds = seconds
  }

  killed({ file }: Mutant, by: string): void {
    const id = `${file} ${by}`
    this.kills.set(id, (this.kills.get(id) ?? 0) + 1)
  }

  timed(suite: Artifact): TimedSuite {
    const name = suiteName(suite)
    return { name, mostSeconds: 30 + 10 * (this.seconds.get(name) ?? 1) }
  }

  of({ file }: Mutant): readonly Artifact[] {
    const name = solidityOf(file)
    const worth = (suite: Artifact): number => {
      const full = suiteName(suite)
      const kills = (this.kills.get(`${file} ${full}`) ?? 0) + (suite.id.name.startsWith(name) ? 3 : 0.5)
      return kills / ((this.seconds.get(full) ?? 1) + 0.05)
    }
    return this.suites
      .filter(({ id }) => this.reach.get(id.source)?.has(file) === true)
      .sort((a, b) => worth(b) - worth(a))
  }
}
