#!/usr/bin/env node
// What chance does to the mirror for as long as it is let; npm run drill -- mirror starts it.
import { parseArgs } from 'node:util'
import { OwnPostgres } from '#test/support/own-postgres.ts'
import { Chance } from '#test/support/traffic.ts'
import { TroubledMirror } from '#test/support/troubled-mirror.ts'
import { blows, drawnRates, live, type Victims } from './blows.ts'

const comparedEvery = 4

/** One run, from opening to the last comparison. */
class MirrorDrill {
  /** What was done, in its order, each with the second in which it began. */
  readonly done: string[] = []
  readonly struck = new Map<string, number>()
  private readonly begun = Date.now()
  private readonly recovered: { readonly ms: number; readonly from: string }[] = []
  private deck: (keyof typeof blows)[] = []
  private readonly victims: Victims
  private rounds = 0

  constructor(mirror: TroubledMirror, postgres: OwnPostgres, seed: string) {
    const note = (what: string): void => {
      this.done.push(`${this.seconds()} s: ${what}`)
      tell({ detail: this.state() })
    }
    this.victims = { mirror, postgres, chance: new Chance(`drill ${seed}`), note }
  }

  async run(until: number, stop: AbortSignal): Promise<void> {
    this.victims.mirror.start()
    while (Date.now() < until && !stop.aborted) {
      this.rounds += 1
      await this.round()
      if (this.rounds % comparedEvery === 0) await this.compare()
    }
    stop.throwIfAborted()
    await this.compare()
    this.victims.note('npm run verify')
    const verified = await this.victims.mirror.verify()
    if (verified !== undefined) throw new Error(`verify says that the mirror does not hold:\n${verified}`)
  }

  private async round(): Promise<void> {
    const { mirror, chance, note } = this.victims
    const rates = drawnRates(chance)
    mirror.node.set(rates)
    note(`the node from now on: ${JSON.stringify(rates)}`)
    await live(this.victims)
    const name = this.nextBlow()
    this.struck.set(name, (this.struck.get(name) ?? 0) + 1)
    await blows[name](this.victims)
    if (mirror.indexer === undefined) mirror.start()
    // A node that hangs is waited for longer than anything else; what is measured is the mirror.
    mirror.node.set({ ...rates, hanging: 0, atZero: 0 })
    const since = Date.now()
    await mirror.mirrored()
    this.recovered.push({ ms: Date.now() - since, from: name })
  }

  /** In any order, but each of them before one comes again. */
  private nextBlow(): keyof typeof blows {
    if (this.deck.length === 0) this.deck = Object.keys(blows) as (keyof typeof blows)[]
    const name = this.victims.chance.of(this.deck)
    this.deck = this.deck.filter((other) => other !== name)
    return name
  }

  private async compare(): Promise<void> {
    const { mirror, note } = this.victims
    note('compared with books filled anew')
    const differences = await mirror.differences()
    if (differences.length > 0) throw new Error(differences.slice(0, 8).join('\n'))
  }

  state(): string {
    const { count, reader } = this.victims.mirror
    const struck = [...this.struck.values()].reduce((sum, times) => sum + times, 0)
    const { readings } = reader.watched
    return `${struck} blows, ${this.faults()} faults of the node, ${count.killed} kills, ${readings} readings`
  }

  report(): string[] {
    const { mirror, postgres } = this.victims
    const { watched } = mirror.reader
    const sorted = [...this.recovered].sort((one, other) => one.ms - other.ms)
    const seconds = (ms = 0): string => `${(ms / 1000).toFixed(1)} s`
    const [half, worst] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
    const back = `after ${seconds(half?.ms)} (half of the times), ${seconds(worst?.ms)} (worst: ${worst?.from})`
    return [
      ...[...this.struck].sort().map(([name, times]) => row(name, `${times} times`)),
      row('faults of the node', `${this.faults()} in ${mirror.node.requests} requests: ${worded(mirror.faults)}`),
      row(
        'indexer',
        `started ${mirror.count.started} times, killed ${mirror.count.killed} times, never ended by itself`,
      ),
      row('Postgres', worded(postgres.happened)),
      row(
        'chain',
        `${mirror.count.blocks} blocks, ${mirror.count.forks} forks, the deepest of ${mirror.count.deepest}`,
      ),
      row('back at the chain’s newest block', back),
      row(
        'reader',
        `${watched.readings} readings, ${watched.outages} unanswered, ${watched.mixed.length} mixed states`,
      ),
      row('states held against fresh books', `${mirror.count.statesCompared}, 0 differ`),
      row('compared with books filled anew', `${mirror.count.compared} times, 0 differences; verify: the mirror holds`),
    ]
  }

  private faults(): number {
    return [...this.victims.mirror.faults.values()].reduce((sum, times) => sum + times, 0)
  }

  private seconds(): string {
    return ((Date.now() - this.begun) / 1000).toFixed(1).padStart(6)
  }
}

const row = (name: string, says: string): string => `  ${name.padEnd(36)} ${says}`
const worded = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort()
    .map(([name, times]) => `${name} ${times}`)
    .join(', ')

/** To the one who started it, who tells the person; alone it tells what is worth a line. */
function tell(news: { readonly detail?: string; readonly say?: string }): void {
  if (process.send !== undefined) process.send(news)
  else if (news.say !== undefined) console.log(news.say)
}

function complain(drill: MirrorDrill | undefined, asked: { seed: string; minutes: string }, error: unknown): void {
  console.error(`\nseed ${asked.seed}\n  done, the last of it:`)
  for (const what of drill?.done.slice(-30) ?? []) console.error(`    ${what}`)
  const came = error instanceof Error ? error.message : String(error)
  console.error(`  came: ${came.replaceAll('\n', '\n        ')}`)
  console.error(
    '  expected: the mirror comes back to the chain’s newest block by itself, row by row what a rebuild makes',
  )
  console.error('            of it, and no reader ever sees anything else')
  console.error(`  to do:    npm run drill -- mirror --seed ${asked.seed} --minutes ${asked.minutes}`)
  console.error('            does the same in the same order; in between, the machine’s own pace is chance, too')
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string' } } })
  const { seed = '1', minutes = '10' } = values
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('asked to stop')))
  let drill: MirrorDrill | undefined
  let mirror: TroubledMirror | undefined
  tell({ detail: 'opening a street' })
  const postgres = await OwnPostgres.start()
  try {
    const shelf = { urls: postgres.urls, fresh: () => postgres.fresh() }
    const settings = { SELF_CHECK_SECONDS: '20', SELF_CHECK_SAMPLES: '5' }
    const size = { shops: 3, members: 8 }
    mirror = await TroubledMirror.open({ seed, shelf, size, settings, patienceMs: 120_000, readEveryMs: 60 })
    drill = new MirrorDrill(mirror, postgres, seed)
    await drill.run(Date.now() + Number(minutes) * 60_000, stop.signal)
    tell({ say: drill.report().join('\n') })
    return 0
  } catch (error) {
    if (stop.signal.aborted) return 130
    complain(drill, { seed, minutes }, error)
    return 1
  } finally {
    await mirror?.close().catch((error: unknown) => console.error(`  and at the end: ${String(error)}`))
    await postgres.stop()
  }
}

process.exit(await main())
