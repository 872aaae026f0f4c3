import type { DecidedPolicy } from '#web/queries/board-room.ts'
import { formatDayWithYear } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { policyWords } from '#web/ui/offer-words.ts'
import { Card } from '#web/ui/parts.tsx'

/** How far members may be treated differently: what holds, what held, and which decision says so. */
export function Policies({ policies, given }: { policies: readonly DecidedPolicy[]; given: Formats }) {
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">How far some may get more points</h2>
      <p className="mt-1 text-soft">
        Nobody ever gets fewer than everybody gets. A shop’s limit for one receipt narrows this further, and what a shop
        gives is its own to say.
      </p>
      <ul className="mt-4 divide-y divide-line">
        {policies.toReversed().map((one) => (
          <PolicyRow given={given} key={one.version} {...one} />
        ))}
      </ul>
    </Card>
  )
}

function PolicyRow({ version, policy, from, decision, inForce, given }: DecidedPolicy & { given: Formats }) {
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2 })
  const since = from === null ? 'as the founders agreed' : `from ${formatDayWithYear(from, given.dates)}`
  return (
    <li className="py-3" data-policy={version}>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="font-medium">{`Policy ${version}, ${since}`}</span>
        {inForce ? (
          <span className="rounded-full bg-good-soft px-2.5 py-0.5 font-medium text-[0.8125rem] text-good">
            holds now
          </span>
        ) : null}
      </p>
      {policy === null ? (
        <p className="text-bad">
          The text that is kept is not the one that was decided. Nobody is judged until it is adopted again.
        </p>
      ) : (
        <p className="text-soft">{capital(policyWords(policy, times))}</p>
      )}
      {decision === null ? null : (
        <p className="mt-1 break-all font-mono text-soft text-xs">
          {`${decision.hash}, decision ${decision.proposal}`}
        </p>
      )}
    </li>
  )
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
