import { Clock3, Lock } from 'lucide-react'
import type { memberHome } from '#web/queries/member-home.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, formatPoints, valueOfPoints } from '#web/ui/money.ts'
import { Qr } from '#web/ui/qr.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'
import { Ticket } from '#web/ui/ticket.tsx'

type Home = Awaited<ReturnType<typeof memberHome>>

export function BalanceTicket({ home, given, origin }: { home: Home; given: Formats; origin: string }) {
  const { money } = given
  return (
    <Ticket
      body={
        <>
          <p className="text-cream/90">{home.displayName ? `Hello ${home.displayName}` : 'Hello'}</p>
          <p className="figures mt-3 font-semibold text-[3.5rem] leading-none sm:text-[4.25rem]" data-testid="balance">
            {formatMoneyDown(home.balanceMoney, money)}
          </p>
          <p className="mt-3 text-cream/90">to spend in any shop on the street</p>
          <p className="figures mt-1 text-cream/90 text-sm">{formatPoints(home.balancePoints, money)}</p>
          <Notes home={home} given={given} />
        </>
      }
      stub={<CodeStub home={home} origin={origin} />}
    />
  )
}

/** The picture holds the account itself: so a till that has no network knows it as well. */
function CodeStub({ home: { code, member }, origin }: { home: Home; origin: string }) {
  if (code === null) return <p className="text-soft">A shop gives you your code with your first purchase.</p>
  return (
    <div className="flex items-center gap-5">
      <div className="overflow-hidden rounded-xl">
        <Qr
          className="size-36"
          label="Your code as a picture for the till’s camera"
          text={`${origin}/till?member=${member}`}
        />
      </div>
      <div>
        <p className="text-soft text-sm">Show this at the till</p>
        <p className="mt-1 font-mono font-semibold text-2xl tracking-wider">{spacedCode(code)}</p>
      </div>
    </div>
  )
}

function Notes({ home, given }: { home: Home; given: Formats }) {
  if (home.pendingPoints === 0n && home.heldPoints === 0n) return null
  const worth = (points: bigint) => formatMoneyDown(valueOfPoints(points, given.money), given.money)
  return (
    <ul className="mt-5 grid gap-1.5 border-cream/25 border-t pt-4 text-[0.9375rem]">
      {home.pendingPoints > 0n ? (
        <li className="flex items-center gap-2">
          <Clock3 aria-hidden="true" className="size-4 shrink-0" />
          <span>
            {formatPoints(home.pendingPoints, given.money)} on their way (+{worth(home.pendingPoints)})
          </span>
        </li>
      ) : null}
      {home.heldPoints > 0n ? (
        <li className="flex items-center gap-2">
          <Lock aria-hidden="true" className="size-4 shrink-0" />
          <span>{worth(home.heldPoints)} is already spoken for</span>
        </li>
      ) : null}
    </ul>
  )
}
