import type { memberHome } from '#web/queries/member-home.ts'
import { formatDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, formatShareDown } from '#web/ui/money.ts'
import { Empty, SectionTitle } from '#web/ui/parts.tsx'
import { hueStyle, ShopPlate } from '#web/ui/sign.tsx'

type Issuer = Awaited<ReturnType<typeof memberHome>>['issuers'][number]

export function Issuers({ issuers, given, now }: { issuers: readonly Issuer[]; given: Formats; now: Date }) {
  return (
    <section aria-label="Where your points come from">
      <SectionTitle title="Where your points come from" />
      {issuers.length === 0 ? (
        <Empty title="No points yet">Buy something in any shop on the street and show your code at the till.</Empty>
      ) : (
        <ul className="grid grid-cols-1 gap-3 xl:grid-cols-2">
          {issuers.map((issuer) => (
            <IssuerCard given={given} issuer={issuer} key={issuer.shop} now={now} />
          ))}
        </ul>
      )}
    </section>
  )
}

function outlook({ nextLapse, defaulted }: Issuer, now: Date, { money, dates }: Formats): string {
  if (defaulted) return 'This shop can no longer stand for its points in full. They do not lapse.'
  if (!nextLapse) return 'They do not lapse.'
  const day = formatDay(nextLapse.at ?? nextLapse.notBefore, now, dates)
  return `${formatPoints(nextLapse.points, money)} good until ${nextLapse.at ? '' : 'at least '}${day}`
}

function IssuerCard({ issuer, given, now }: { issuer: Issuer; given: Formats; now: Date }) {
  const { money } = given
  return (
    <li className="hued rounded-3xl border border-line bg-card p-4 shadow-card" style={hueStyle(issuer.hue)}>
      <div className="flex items-center gap-3.5">
        <ShopPlate hue={issuer.hue} name={issuer.name} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{issuer.name}</p>
          <p className="figures text-soft text-sm">{formatPoints(issuer.points, money)}</p>
        </div>
        <p className="figures font-semibold text-xl">{formatMoneyDown(issuer.money, money)}</p>
      </div>
      {issuer.backing === null ? null : <Backing backing={issuer.backing} given={given} />}
      <p className="mt-1 text-soft text-sm">{outlook(issuer, now, given)}</p>
    </li>
  )
}

/** How much of what the shop owes its members is locked away, where nobody but they can get at it. */
function Backing({ backing, given }: { backing: number; given: Formats }) {
  const share = Math.max(0, Math.min(1, backing))
  return (
    <div className="mt-3.5">
      <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-shop-soft">
        <div className="h-full rounded-full bg-shop" style={{ width: `${Math.floor(share * 100)}%` }} />
      </div>
      <p className="mt-1.5 text-shop-text text-sm">{formatShareDown(share, given.money)} locked away to back them</p>
    </div>
  )
}
