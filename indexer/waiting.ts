import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type ChainNode, NodeTrouble } from './chain/node.ts'
import type { IndexerConfig } from './config.ts'
import { Ledger, OtherChain, requireSameChain } from './ledger/ledger.ts'
import { takesNothing } from './ledger/outages.ts'

/** Waits for the node, and makes sure that it stands on the right chain. */
export async function untilAnswered(
  node: ChainNode,
  config: IndexerConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = 250; ; pauseMs = Math.min(5_000, pauseMs * 2)) {
    try {
      await requireSameChain(node, config.network)
      return
    } catch (error) {
      if (!(error instanceof NodeTrouble)) throw error
      log.warn({ event: 'node.awaited', reason: error.message }, 'waiting for the node')
      await sleep(pauseMs, undefined, { signal })
    }
  }
}

// A disk that is full stays so for a while.
const unwritableForMs = 1_000

/** Says which outage of the database this is, and waits where asking at once is of no use. What is none is thrown. */
export async function bearOutage(error: unknown, ledger: Ledger, log: Logger, signal: AbortSignal): Promise<void> {
  const reason = sentenceOf(error)
  if (takesNothing(error)) {
    log.error({ event: 'database.unwritable', reason }, 'the database takes nothing; trying again')
    await sleep(unwritableForMs, undefined, { signal }).catch(() => undefined)
  } else if (ledger.isLostBy(error)) {
    log.error({ event: 'database.lost', reason }, 'the connection to the database is lost; opening another')
  } else {
    throw error
  }
}

const thisProcess = randomUUID()

/**
 * Opens the ledger. The first time a failure is the settings' fault, unless the database only takes nothing; later it
 * is an outage, and waited out.
 */
export async function openAgain(
  config: IndexerConfig,
  log: Logger,
  signal: AbortSignal,
  losses: number,
): Promise<Ledger> {
  let hasAnswered = losses > 0
  const waiting = () => {
    hasAnswered = true
    log.warn({ event: 'leader.awaited' }, 'another indexer writes to this database; waiting until it stops')
  }
  for (;;) {
    try {
      return await Ledger.open(config.databaseUrl, config.network, { waiting, signal, holder: thisProcess })
    } catch (error) {
      if ((!hasAnswered && !takesNothing(error)) || error instanceof OtherChain || signal.aborted) throw error
      log.warn({ event: 'database.awaited', reason: sentenceOf(error) }, 'waiting for the database')
      await sleep(1_000, undefined, { signal })
    }
  }
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
