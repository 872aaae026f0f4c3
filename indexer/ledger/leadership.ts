import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { codeOf, connect } from '#indexer/db/connection.ts'
import { failPoint } from './fail-point.ts'
import { select } from './rows-in-sql.ts'

/** Another indexer leads now: this one may write no more. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost'
}

export interface LeadershipOptions {
  /** Called once, when another indexer leads. */
  readonly waiting: () => void
  readonly signal: AbortSignal
  /** Who asks: the same again takes its own lease over at once. A stranger to all others where not given. */
  readonly holder?: string
  /** How long a leader that is not heard of is waited for. */
  readonly leaseMs?: number
}

// Any number, as long as every indexer uses the same.
const writersLock = 0x68_69_67_68
export const notOurs = 'another indexer leads now, or the database was away too long: nothing more is written'
const usualLeaseMs = 3_000
const askedEveryMs = 250
const goodbyeMs = 1_000
// Longer than any leader pauses within a transaction, which may ask the node; the successor does not wait for it.
const longestIdleMs = 60_000

// An epoch never comes twice, not even where the table was made anew: it begins at the time.
const take = `INSERT INTO ledger.leader AS l (id, epoch, holder, taken_at, until)
  VALUES (1, (extract(epoch FROM now()) * 1000)::bigint, $1, now(), now() + $2 * interval '1 millisecond')
  ON CONFLICT (id) DO UPDATE SET epoch = GREATEST(l.epoch + 1, excluded.epoch), holder = excluded.holder,
    taken_at = excluded.taken_at, until = excluded.until
  WHERE l.until <= now() OR l.holder = excluded.holder
  RETURNING epoch`

const renew = `UPDATE ledger.leader SET until = now() + $2 * interval '1 millisecond' WHERE id = 1 AND epoch = $1`

// Who is in the middle of writing or scoring, under whatever epoch: known by the locks of its transaction.
const endOthers = `SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (locktype = 'advisory' AND classid = 0 AND objid = ${writersLock} AND objsubid = 1
      OR relation = 'judged.run'::regclass AND mode = 'ShareRowExclusiveLock')`

/**
 * The right to write, as a lease with an epoch. The lease says who should write, by the database's clock; the epoch,
 * asked for at both ends of every transaction, says who may. A lease that ran out costs nothing until another takes it.
 */
export class Leadership {
  readonly epoch: bigint
  private readonly url: string
  private readonly leaseMs: number
  private readonly over = new AbortController()
  private keeper: pg.Client
  private displaced = false
  private onLost: () => void = () => undefined
  private keeping: Promise<void> = Promise.resolve()

  private constructor(keeper: pg.Client, taken: { url: string; leaseMs: number; epoch: bigint }) {
    this.keeper = keeper
    this.url = taken.url
    this.leaseMs = taken.leaseMs
    this.epoch = taken.epoch
  }

  /** Waits until nobody else leads, then leads, with nobody left in the middle of writing. */
  static async take(url: string, options: LeadershipOptions): Promise<Leadership> {
    const leaseMs = options.leaseMs ?? usualLeaseMs
    const keeper = await connect(url, 'INDEXER_DATABASE_URL', { answerWithinMs: leaseMs })
    try {
      const epoch = await askUntilLeading(keeper, leaseMs, options)
      failPoint('leading')
      const leadership = new Leadership(keeper, { url, leaseMs, epoch })
      leadership.keeping = leadership.keep()
      try {
        await clearTheWay(keeper, options.signal)
        return leadership
      } catch (error) {
        await leadership.release()
        throw error
      }
    } catch (error) {
      await keeper.end().catch(() => undefined)
      throw error
    }
  }

  /** Whether another leads, or the database could not be asked for twice the lease. */
  get lost(): boolean {
    return this.displaced
  }

  /** Called at once where leadership is lost. */
  whenLost(tell: () => void): void {
    this.onLost = tell
  }

  /**
   * Runs `work` in one transaction of the leader: all of it stands, or none, and none where another leads. The last
   * question and the commit are one message, so that a process frozen between them cannot commit when it thaws. What
   * `alsoAsk` selects is asked in the message that begins it, and given to the work.
   *
   * Its commit is not waited for on the disk. Should the server lose power, the mirror stands up to a second further
   * back and reads those blocks again. What anybody concluded from them and wrote down stands behind them in the
   * server's own log, so it cannot have outlived them.
   */
  async write<result>(
    client: pg.Client,
    work: (answered: readonly object[]) => Promise<result>,
    alsoAsk = 'SELECT 1',
  ): Promise<result> {
    if (this.displaced) throw new LeadershipLost(notOurs)
    const leads = `SELECT ledger.require_leader(${this.epoch})`
    try {
      const begun: unknown = await client.query(
        `BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL idle_in_transaction_session_timeout = ${longestIdleMs};
         SELECT pg_advisory_xact_lock(${writersLock}); ${leads}; ${alsoAsk}`,
      )
      const result = await work((begun as readonly pg.QueryResult<object>[]).at(-1)?.rows ?? [])
      failPoint('beforeCommit')
      const committed = client.query(`${leads}; COMMIT`)
      failPoint('whileCommitting')
      await committed
      failPoint('afterCommit')
      return result
    } catch (error) {
      // Where the connection is gone, so is the transaction.
      await client.query('ROLLBACK').catch(() => undefined)
      if (codeOf(error) !== 'HS001') throw error
      this.lose()
      throw new LeadershipLost(notOurs, { cause: error })
    }
  }

  /** Ends whatever transaction of ours hangs in the database. */
  async endWriting(): Promise<void> {
    await this.keeper.query(endOthers).catch(() => undefined)
  }

  /** Gives the lease back, so that the next one need not wait for its end. */
  async release(): Promise<void> {
    this.over.abort()
    await Promise.race([this.keeping, sleep(goodbyeMs, undefined, { ref: false })])
    const given = this.keeper.query('UPDATE ledger.leader SET until = now() WHERE id = 1 AND epoch = $1', [this.epoch])
    await Promise.race([given.catch(() => undefined), sleep(goodbyeMs, undefined, { ref: false })])
    await ended(this.keeper)
  }

  private async keep(): Promise<void> {
    let heardAt = performance.now()
    for (;;) {
      await sleep(this.leaseMs / 6, undefined, { signal: this.over.signal, ref: false }).catch(() => undefined)
      if (this.over.signal.aborted || this.displaced) return
      try {
        const { rowCount } = await this.keeper.query(renew, [this.epoch, this.leaseMs])
        if (rowCount !== 1) return this.lose()
        heardAt = performance.now()
      } catch {
        // A moment longer than others wait: a machine out of breath is not a database that is away.
        if (performance.now() - heardAt > 2 * this.leaseMs) return this.lose()
        await this.reconnect()
      }
    }
  }

  private async reconnect(): Promise<void> {
    await ended(this.keeper)
    const limits = { answerWithinMs: this.leaseMs / 3 }
    // Whoever has no connection fails to renew, and comes back here until the lease is over.
    this.keeper = await connect(this.url, 'INDEXER_DATABASE_URL', limits).catch(() => this.keeper)
  }

  private lose(): void {
    if (this.displaced || this.over.signal.aborted) return
    this.displaced = true
    this.onLost()
  }
}

async function askUntilLeading(keeper: pg.Client, leaseMs: number, options: LeadershipOptions): Promise<bigint> {
  const holder = options.holder ?? randomUUID()
  for (let tries = 0; ; tries += 1) {
    options.signal.throwIfAborted()
    const [taken] = await select<{ epoch: bigint }>(keeper, take, [holder, leaseMs])
    if (taken !== undefined) return taken.epoch
    if (tries === 0) options.waiting()
    await sleep(askedEveryMs, undefined, { signal: options.signal })
  }
}

/**
 * A predecessor may be frozen in the middle of a transaction, whose locks keep all others out: its connection is ended.
 * Once the writers' lock was free, whoever takes it is asked for the epoch.
 */
async function clearTheWay(keeper: pg.Client, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const [lock] = await select<{ free: boolean }>(keeper, `SELECT pg_try_advisory_xact_lock(${writersLock}) AS free`)
    // Who may not end another's connection waits until the database does.
    await keeper.query(endOthers).catch(() => undefined)
    if (lock?.free === true) return
    await sleep(20, undefined, { signal })
  }
}

/** Says goodbye, but waits for no answer that does not come. */
export async function ended(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(goodbyeMs, undefined, { ref: false })])
}
