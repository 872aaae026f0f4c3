import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type DatabaseUrls, urlTo } from '#indexer/db/connection.ts'
import { removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'
import { giveTo, type Place, placeFor } from '#indexer/db/place.ts'
import { type Ending, freePort, PostgresProcess } from './postgres-process.ts'
import { proxyToPort, type SilentProxy } from './tcp-proxy.ts'

const template = 'street_template'

/** A table whose rows find no room while the disk is full. */
export type Roomless = 'block' | 'event' | 'balance' | 'before_image' | 'checkpoint'

/**
 * A PostgreSQL of a test's own, to be killed, filled, locked and replaced by its standby. Its address stays the same
 * whatever happens behind it. Killed processes take nothing from the machine's cache, so nothing waits for the disk.
 */
export class OwnPostgres {
  readonly urls: DatabaseUrls
  private readonly home: string
  private readonly place: Place
  private readonly entrance: SilentProxy
  private primary: PostgresProcess
  private standby: { readonly server: PostgresProcess; readonly line: SilentProxy } | undefined
  /** What was done to it, and how often. */
  readonly happened = new Map<string, number>()
  private standbys = 0

  private constructor(made: {
    home: string
    place: Place
    primary: PostgresProcess
    entrance: SilentProxy
    urls: DatabaseUrls
  }) {
    this.home = made.home
    this.place = made.place
    this.primary = made.primary
    this.entrance = made.entrance
    this.urls = made.urls
  }

  static async start(): Promise<OwnPostgres> {
    const home = mkdtempSync(join(tmpdir(), 'highstreet-troubled-'))
    const made = await startEmbedded({ directory: home, database: template, volatile: true })
    await migrate({ urls: made.urls })
    await made.stop()
    const place = placeFor(home, '/var/tmp')
    const primary = new PostgresProcess(place, made.data, await freePort())
    await primary.begin()
    const entrance = await proxyToPort(primary.port)
    const at = (url: string): string => withPort(urlTo(url, 'street'), entrance.port)
    const urls = { owner: at(made.urls.owner), indexer: at(made.urls.indexer), web: at(made.urls.web) }
    const postgres = new OwnPostgres({ home, place, primary, entrance, urls })
    await postgres.asOwner(`CREATE DATABASE street TEMPLATE ${template}`, 'postgres')
    return postgres
  }

  async stop(): Promise<void> {
    await this.entrance.stop()
    await this.standby?.line.stop()
    await this.standby?.server.end('SIGQUIT')
    await this.primary.end('SIGQUIT')
    await removeEmbedded(this.home)
    rmSync(this.home, { recursive: true, force: true })
  }

  /** Another database of the same shape, empty, signed in as the indexer; reached without the entrance. */
  async fresh(): Promise<{ readonly url: string; drop(): Promise<void> }> {
    const name = `fresh_${Date.now()}`
    await this.asOwner(`CREATE DATABASE ${name} TEMPLATE ${template}`, 'postgres')
    const url = withPort(urlTo(this.urls.indexer, name), this.primary.port)
    return { url, drop: () => this.asOwner(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, 'postgres') }
  }

  /** Ends the server and starts it again on what it left. */
  async restart(ending: Ending): Promise<void> {
    this.note(`ended by ${ending}`)
    await this.primary.end(ending)
    await this.primary.begin()
  }

  /** Kills the process that serves the indexer: PostgreSQL then drops everybody and recovers by itself. */
  async killBackend(): Promise<'killed' | 'nobodyThere'> {
    const rows = await this.rows<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE usename LIKE '%indexer' AND datname = 'street' ORDER BY xact_start, pid`,
    )
    const [served] = rows
    if (served === undefined) return 'nobodyThere'
    this.note('a process killed')
    process.kill(served.pid, 'SIGKILL')
    while (!(await this.primary.answers())) await sleep(20)
    return 'killed'
  }

  /** Cuts every connection, as a network does. */
  cutConnections(): void {
    this.note('connections cut')
    this.entrance.heal()
  }

  async refuseWrites(): Promise<void> {
    this.note('read-only')
    await this.asOwner('ALTER SYSTEM SET default_transaction_read_only = on')
    await this.asOwner('SELECT pg_reload_conf()')
  }

  async takeWrites(): Promise<void> {
    await this.asOwner('ALTER SYSTEM RESET default_transaction_read_only')
    await this.asOwner('SELECT pg_reload_conf()')
  }

  /** From now on rows of this table find no room: the very refusal of a full disk, at the very same moment. */
  async fill(table: Roomless): Promise<void> {
    this.note('full')
    await this.asOwner(`CREATE OR REPLACE FUNCTION public.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'could not extend file "base/5/1": No space left on device' USING ERRCODE = 'disk_full'; END $$`)
    await this.asOwner(`CREATE TRIGGER no_room BEFORE INSERT ON ledger.${table}
      FOR EACH STATEMENT EXECUTE FUNCTION public.no_room()`)
  }

  async makeRoom(table: Roomless): Promise<void> {
    await this.asOwner(`DROP TRIGGER no_room ON ledger.${table}`)
  }

  /** A second server that follows the first one's log. */
  async follow(): Promise<void> {
    const line = await proxyToPort(this.primary.port)
    this.standbys += 1
    const data = join(dirname(this.primary.data), `pg-standby-${this.standbys}`)
    const server = new PostgresProcess(this.place, data, await freePort())
    const { password } = new URL(this.urls.owner)
    await this.copyInto(data, `host=127.0.0.1 port=${line.port} user=postgres password=${password}`)
    await server.begin()
    this.standby = { server, line }
    await this.caughtUp()
  }

  /** Waits until the second server has all that the first one has said. */
  async caughtUp(): Promise<void> {
    const [said] = await this.rows<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn')
    const question = `SELECT 1 AS yes WHERE pg_last_wal_replay_lsn() >= '${said?.lsn}'::pg_lsn`
    while ((await this.rows(question, this.standby?.server.port)).length === 0) await sleep(10)
  }

  /** What the first server commits from now on, the second never hears of. */
  fallBehind(): void {
    this.standby?.line.fallSilent()
  }

  /** The first server dies, and the second one becomes the first; before that it is asked and can only be read. */
  async failOver(readOnlyForMs: number): Promise<void> {
    const { standby } = this
    if (standby === undefined) throw new Error('there is no server to go over to')
    this.note('another primary')
    await this.primary.end('SIGKILL')
    this.entrance.leadTo(standby.server.port)
    await sleep(readOnlyForMs)
    await this.rows('SELECT pg_promote()', standby.server.port)
    await standby.line.stop()
    rmSync(this.primary.data, { recursive: true, force: true })
    this.primary = standby.server
    this.standby = undefined
  }

  private note(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1)
  }

  private async copyInto(data: string, primaryAddress: string): Promise<void> {
    const client = new pg.Client({ connectionString: withPort(this.urls.owner, this.primary.port) })
    await client.connect()
    await client.query(`SELECT pg_backup_start('standby', true)`)
    // What vanishes while it is copied is of no use to the copy either: the log says that it vanished.
    await once(spawn('cp', ['-a', this.primary.data, data], { stdio: 'ignore' }), 'close')
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    await client.end()
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(data, name), { force: true })
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
    ] as const) {
      writeFileSync(join(data, name), text, { mode: 0o600 })
      giveTo(this.place.user, join(data, name))
    }
    appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${primaryAddress}'\n`)
  }

  private async asOwner(sql: string, database = 'street'): Promise<void> {
    await this.rows(sql, this.primary.port, database)
  }

  private async rows<row extends object>(sql: string, port = this.primary.port, database = 'street'): Promise<row[]> {
    const client = new pg.Client({ connectionString: withPort(urlTo(this.urls.owner, database), port) })
    client.on('error', () => undefined)
    await client.connect()
    try {
      await client.query('SET default_transaction_read_only = off')
      return (await client.query<row>(sql)).rows
    } finally {
      await client.end()
    }
  }
}

function withPort(url: string, port: number): string {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href
}
