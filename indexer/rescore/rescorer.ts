import type pg from 'pg'
import { connect } from '#indexer/db/connection.ts'
import { type ConsentState, readConsentState, shopsOutOfStep } from './consents.ts'
import { fitStreet } from './fit.ts'
import { type RunReport, scoreShops } from './run.ts'
import { fitIsDue, readWatermark, shopsToScore } from './watermark.ts'

/**
 * Keeps `judged` in step with the ledger: says nothing twice, scores only shops whose members did something, at the
 * parameters of the last fit; and fits anew and scores all shops when a day has gone by, since then everybody's silence
 * is a day longer, or when somebody asks.
 */
export class Rescorer {
  private readonly url: string
  private readonly timeZone: string
  private readonly epoch: () => bigint | undefined
  private client: pg.Client | undefined
  private touched: Set<number> | 'all' = 'all'
  private consents: ConsentState | undefined

  /** `epoch` is the one under which we lead; undefined while another does, who then scores. */
  constructor(options: { readonly url: string; readonly timeZone: string; readonly epoch: () => bigint | undefined }) {
    this.url = options.url
    this.timeZone = options.timeZone
    this.epoch = options.epoch
  }

  /** These shops have new purchases. */
  touch(shops: Iterable<number>): void {
    if (this.touched === 'all') return
    for (const shop of shops) this.touched.add(shop)
  }

  /** Purchases may have vanished anywhere. */
  touchAll(): void {
    this.touched = 'all'
  }

  /** Scores what changed since the last run; undefined where nothing did, or nothing is mirrored yet. */
  async run(): Promise<RunReport | undefined> {
    const epoch = this.epoch()
    if (epoch === undefined) {
      this.touchAll()
      return undefined
    }
    const touched = this.touched
    this.touched = new Set()
    try {
      this.client ??= await connect(this.url, 'INDEXER_DATABASE_URL')
      return await this.score(this.client, touched, epoch)
    } catch (error) {
      if (touched === 'all') this.touchAll()
      else this.touch(touched)
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const client = this.client
    this.client = undefined
    await client?.end().catch(() => undefined)
  }

  private async score(client: pg.Client, touched: Set<number> | 'all', epoch: bigint): Promise<RunReport | undefined> {
    const watermark = await readWatermark(client, this.timeZone)
    if (watermark === undefined) return undefined
    const consents = await readConsentState(client)
    const { timeZone } = this
    const report = (await fitIsDue(client, timeZone))
      ? await fitStreet(client, { timeZone, epoch })
      : await this.follow(client, { touched, consents, epoch })
    this.consents = consents
    return report
  }

  private async follow(
    client: pg.Client,
    now: { readonly touched: Set<number> | 'all'; readonly consents: ConsentState; readonly epoch: bigint },
  ): Promise<RunReport | undefined> {
    const shops = await this.shopsFor(client, now)
    if (shops.length === 0) return undefined
    return await scoreShops(client, { shops, timeZone: this.timeZone, epoch: now.epoch })
  }

  private async shopsFor(
    client: pg.Client,
    now: { readonly touched: Set<number> | 'all'; readonly consents: ConsentState },
  ): Promise<readonly number[]> {
    const before = this.consents
    const forgotten = before !== undefined && now.consents.decisions < before.decisions
    if (now.touched === 'all' || forgotten) return await shopsToScore(client)
    const changed = before === undefined || before.mark !== now.consents.mark
    const outOfStep = changed ? await shopsOutOfStep(client) : []
    return [...new Set([...now.touched, ...outOfStep])].sort((one, other) => one - other)
  }
}
