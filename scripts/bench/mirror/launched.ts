import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { codeOf } from '#indexer/db/connection.ts'
import type { Arm, Launch } from './arms.ts'
import type { BenchNode } from './chain.ts'

/** A program of an indexer, running. */
export interface Launched {
  readonly child: ChildProcess
  /** The end of what it has said so far. */
  lastWords(): string
}

export function launched({ args, directory, environment }: Launch): Launched {
  // Only what it was given: a stray variable must not change what runs.
  const env = { PATH: '/usr/bin:/bin', ...environment } as unknown as NodeJS.ProcessEnv
  const child = spawn(process.execPath, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const take = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4_000)
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return { child, lastWords: () => said.trim() }
}

interface Waiting {
  readonly arm: Arm
  readonly program: Launched
  readonly client: pg.Client
  readonly node: BenchNode
  readonly block: number
  readonly signal: AbortSignal
  readonly tell: (text: string) => void
  /** How long it may stand still; as long as it likes where not given. It may take longer to show its first block. */
  readonly patienceMs?: number
}

const lookEveryMs = 20
// undefined table, undefined schema: not made yet.
const notYet = ['42P01', '3F000']

// The unfinished end of a chain, of which some read nothing before the node announces another block.
const unfinished = 64
const nextBlockAfterMs = 500
const firstBlockMs = 120_000

/** Waits until readers see this block; false where the patience was over before. Throws where the program ends. */
export async function untilMirrored(waiting: Waiting): Promise<boolean> {
  const { arm, program, client, node, block, signal, tell, patienceMs } = waiting
  const stands = { at: -1, since: performance.now() }
  let minedAt = 0
  for (;;) {
    signal.throwIfAborted()
    if (program.child.exitCode !== null) throw new Error('it ended by itself')
    const newest = await newestBlock(client, arm)
    if (newest >= block) return true
    if (newest !== stands.at) Object.assign(stands, { at: newest, since: performance.now() })
    const patience = stands.at < 0 ? firstBlockMs : patienceMs
    if (patienceMs !== undefined && performance.now() - stands.since > (patience ?? 0)) return false
    if (newest >= block - unfinished && performance.now() - minedAt > nextBlockAfterMs) {
      // An empty one, as on a chain that lives.
      await node.rpc.ask('evm_mine')
      minedAt = performance.now()
    }
    tell(`block ${Math.max(0, newest)} of ${block}`)
    await sleep(lookEveryMs)
  }
}

/** -1 where readers see none. */
async function newestBlock(client: pg.Client, arm: Arm): Promise<number> {
  return await client.query<{ number: number | null }>(arm.books.newestBlock).then(
    ({ rows }) => rows[0]?.number ?? -1,
    (error: unknown) => {
      if (notYet.includes(codeOf(error) ?? '')) return -1
      throw error
    },
  )
}
