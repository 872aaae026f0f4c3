import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Audited, quickChecks } from './audit/checks.ts'
import type { CheckResult } from './audit/findings.ts'
import { asOnlyChecker, keepResults, lastBegun } from './audit/kept-results.ts'
import type { IndexerConfig } from './config.ts'
import { checkRebuild } from './rebuild-beside.ts'

export const auditedBy = ({ databaseUrl, rpcUrl, network }: IndexerConfig): Audited => {
  const { startBlock, contracts } = network
  return { databaseUrl, rpcUrl, startBlock, contracts }
}

// However large the mirror grows: for each second of checking, so many seconds of rest.
const restPerWork = 20
const firstAfterMs = 2_000

export interface Checking {
  readonly config: IndexerConfig
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Checks the mirror beside the following, a little every minute and everything now and then, until told to end. */
export async function keepChecking({ config, log, signal }: Checking): Promise<void> {
  const { everySeconds } = config.selfCheck
  if (everySeconds === 0) return
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined)
  let rebuilding: Promise<void> | undefined
  await rest(firstAfterMs)
  while (!signal.aborted) {
    const began = Date.now()
    let worked = 0
    try {
      await asOnlyChecker(config.databaseUrl, async () => {
        await checkQuickly(config, log)
        worked = Date.now() - began
        if (signal.aborted || rebuilding !== undefined || !(await rebuildIsDue(config))) return
        // It may take long, and the little checks go on meanwhile.
        rebuilding = checkWholly({ config, log, signal }).finally(() => {
          rebuilding = undefined
        })
      })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!signal.aborted) log.warn({ event: 'check.failed', reason }, 'check failed')
    }
    await rest(Math.max(everySeconds * 1_000, worked * restPerWork))
  }
  await rebuilding
}

async function checkQuickly(config: IndexerConfig, log: Logger): Promise<void> {
  const wanted = { seed: randomUUID(), samples: config.selfCheck.samples }
  const results = await quickChecks(auditedBy(config), wanted)
  tell(results, log)
  await keepResults(config.databaseUrl, results)
}

async function checkWholly({ config, log, signal }: Checking): Promise<void> {
  const { scratchUrl } = config.selfCheck
  if (scratchUrl === undefined) return
  const telling = (line: string): void => log.debug({ event: 'check.progress' }, line)
  try {
    const result = await checkRebuild({ config, scratchUrl, signal, tell: telling, priority: 'lowest' })
    tell([result], log)
    await keepResults(config.databaseUrl, [result])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!signal.aborted) log.warn({ event: 'check.failed', reason }, 'check failed')
  }
}

async function rebuildIsDue({ databaseUrl, selfCheck }: IndexerConfig): Promise<boolean> {
  if (selfCheck.scratchUrl === undefined || selfCheck.rebuildEveryHours === 0) return false
  const last = await lastBegun(databaseUrl, 'rebuild')
  return last === undefined || Date.now() - last.getTime() >= selfCheck.rebuildEveryHours * 3_600_000
}

/** What differs is an alarm; what could not be said is a warning. */
function tell(results: readonly CheckResult[], log: Logger): void {
  for (const { name: check, verdict, block, compared, rulings, reason } of results) {
    if (verdict === 'holds') log.info({ event: 'check.held', check, block, compared }, 'checked: the mirror holds')
    else if (verdict === 'unable') log.warn({ event: 'check.unable', check, reason }, 'the mirror could not be checked')
    else {
      for (const { rule, differing, findings } of rulings.filter((one) => one.verdict === 'differs')) {
        const facts = { event: 'check.differs', check, block, rule, differing, findings }
        log.fatal(facts, 'ALARM: the mirror differs from the chain')
      }
    }
  }
}
