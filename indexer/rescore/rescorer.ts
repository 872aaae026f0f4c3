import type pg from 'pg'
import { connect } from '#indexer/db/connection.ts'
import { type ConsentState, readConsentState, shopsOutOfStep } from './consents.ts'
import { type RunReport, readWatermark, scoreShops, shopsToScore } from './run.ts'

/**
 * Keeps `judged` in step with the ledger: says nothing twice, scores only shops whose members did something, and all
 * shops when a day has gone by, since then everybody's silence is a day longer.
 */
export class Rescorer {
  private readonly url: string
  private readonly timeZone: string
  private readonly epoch: () => bigint | undefined
  private client: pg.Client | undefined
  private touched: Set<number> | 'all' = 'all'
  private watermarkDay: number | undefined
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
    const shops = await this.shopsFor(client, { touched, day: watermark.day, consents })
    const inputs = { shops, timeZone: this.timeZone, epoch }
    const report = shops.length === 0 ? undefined : await scoreShops(client, inputs)
    // A day that began between the two readings is seen by the next run.
    this.watermarkDay = watermark.day
    this.consents = consents
    return report
  }

  private async shopsFor(
    client: pg.Client,
    now: { readonly touched: Set<number> | 'all'; readonly day: number; readonly consents: ConsentState },
  ): Promise<readonly number[]> {
    const before = this.consents
    const forgotten = before !== undefined && now.consents.decisions < before.decisions
    if (now.touched === 'all' || now.day !== this.watermarkDay || forgotten) return await shopsToScore(client)
    const changed = before === undefined || before.mark !== now.consents.mark
    const outOfStep = changed ? await shopsOutOfStep(client) : []
    return [...new Set([...now.touched, ...outOfStep])].sort((one, other) => one - other)
  }
}
