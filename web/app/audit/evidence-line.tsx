import type { SelfChecks } from '#web/queries/self-checks.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'

/** What stands behind the newest blocks, in one sentence. */
export function EvidenceLine({ evidence, given }: { evidence: SelfChecks['evidence']; given: Formats }) {
  const { blocks, receipts, secondSource, bloom } = evidence
  if (blocks === 0) return null
  const count = (number: number) => formatCount(number, given.money)
  const kinds = [
    { number: receipts, words: 'proven by all their receipts' },
    { number: secondSource, words: 'told alike by two nodes' },
    { number: bloom, words: 'told by one node, which the block’s filter does not contradict' },
  ].filter(({ number }) => number > 0)
  return (
    <p className="mt-4 px-1 text-soft">
      Of the newest {count(blocks)} blocks{' '}
      {kinds
        .map(({ number, words }) => `${number === blocks ? 'all are' : `${count(number)} are`} ${words}`)
        .join(', ')}
      .
    </p>
  )
}
