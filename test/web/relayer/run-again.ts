import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leftOutLines, runInputs } from '#indexer/rescore/inputs.ts'
import type { WhichRun } from '#indexer/rescore/kept-runs.ts'
import type { LivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { signedReversal } from '#test/support/undoing-hand.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { reverse } from '#web/acts/reverse.ts'
import { askedBy } from '../../../scripts/score/asked.ts'
import { type ReplayReport, replayFile } from '../../../scripts/score/replay.ts'

export const timeZone = 'Europe/Berlin'

/** What an operator and an auditor do to have a run done again, on a street whose files lie in a folder. */
export function auditorOf(street: LivingStreet, folder: string) {
  const at = (which: WhichRun) => ({ url: street.database.urls.indexer, which })
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const onChain = (what: string, ...more: string[]) => {
    const deployment = street.environment['DEPLOYMENT_FILE'] as string
    return askedBy([what, '--rpc', street.chain.url, '--deployment', deployment, ...more])
  }
  return {
    file,
    onChain,
    asked: (what: string, input: string, ...more: string[]) => onChain(what, '--input', input, ...more),
    inputsOf: async (which: WhichRun = 'last') => {
      const lines: string[] = []
      const refused = await runInputs(at(which), (more) => lines.push(more))
      return { refused, text: lines.join('') }
    },
    /** From the chain alone, and the list of those who were left out. */
    replayedByChain: async (which: WhichRun, ...more: string[]) => {
      const accounts = (await leftOutLines(at(which))) as readonly string[]
      const list = file('left-out.txt', accounts.map((account) => `${account}\n`).join(''))
      return await replayFile(onChain('replay', '--left-out', list, '--time-zone', timeZone, ...more))
    },
  }
}

/** What of a report does not hold. */
export const differing = ({ checks }: ReplayReport): string[] =>
  checks.filter(({ holds }) => !holds).map(({ what }) => what)

/** So many points of a purchase of the first shop's first till go back, and the chain has it. */
export async function goBack(street: LivingStreet, sequence: bigint, points: bigint): Promise<void> {
  const undone = { purchase: { till: 1, sequence }, before: 0n, points, taken: points, debt: 0n }
  const answer = await reverse(await signedReversal(street.network, street.network.shops[0] as TestShop, undone))
  if (isRefusal(answer)) throw new Error(answer.refused)
  await street.settleDown()
}

export async function decides(street: LivingStreet, account: string, given: boolean): Promise<void> {
  await street.owner.query(
    `INSERT INTO portal.consent VALUES ($1, 'personalisation', $2, now())
     ON CONFLICT (member, purpose) DO UPDATE SET given = excluded.given, decided_at = excluded.decided_at`,
    [Buffer.from(account.slice(2), 'hex'), given],
  )
}
