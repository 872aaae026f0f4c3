import { Clock3, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ShopDesk } from '#web/queries/shop-desk.ts'
import { classes } from '#web/ui/classes.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'

/** What an owner should know before anything else. */
export function Notices({ desk, given }: { desk: ShopDesk; given: Formats }) {
  const { waiting, profile } = desk
  const onTheirWay = waiting.points - waiting.notFundedPoints - waiting.unconfirmedPoints
  return (
    <div className="grid gap-3 empty:hidden">
      {profile.status === 'Active' ? null : <Notice kind="bad">{outsideOf(profile.status)}</Notice>}
      {desk.defaultFrom === null || profile.status === 'Defaulted' ? null : (
        <Notice kind="bad">
          Your points cannot be spent in other shops, since your reserve is too low. Add to it within seven days, or
          your shop can be declared in default.
        </Notice>
      )}
      {waiting.notFundedPoints > 0n ? (
        <Notice kind="bad">
          {formatPoints(waiting.notFundedPoints, given.money)} wait for money in your reserve. Your members see them as
          on their way until you add to it.
        </Notice>
      ) : null}
      {waiting.unconfirmedPoints > 0n ? (
        <Notice kind="bad">
          {formatPoints(waiting.unconfirmedPoints, given.money)} of a till that you switched off wait for you:{' '}
          <Link className="font-semibold underline" href="/shop/tills">
            confirm or decline them
          </Link>
          .
        </Notice>
      ) : null}
      {onTheirWay > 0n ? (
        <Notice kind="wait">{formatPoints(onTheirWay, given.money)} are on their way to your members.</Notice>
      ) : null}
    </div>
  )
}

/** What it means that a shop is not an active one. */
function outsideOf(status: ShopDesk['profile']['status']): string {
  switch (status) {
    case 'Suspended':
      return 'The board has suspended your shop: it gives and takes no points. Members can spend theirs elsewhere.'
    case 'Exiting':
      return 'Your shop is leaving: it gives no points, goes on taking them, and must back all of its own in 30 days.'
    case 'Exited':
      return 'Your shop has left the street.'
    case 'Defaulted':
      return 'Your shop has defaulted. Its money belongs to the points it gave.'
    default:
      return 'Your shop takes no part in the street’s points at present.'
  }
}

function Notice({ kind, children }: { kind: 'wait' | 'bad'; children: ReactNode }) {
  const Icon = kind === 'bad' ? TriangleAlert : Clock3
  return (
    <p
      className={classes(
        'flex items-start gap-3 rounded-2xl px-5 py-3.5 text-lg',
        kind === 'bad' ? 'bg-bad-soft text-bad' : 'bg-wait-soft text-wait',
      )}
      role="status"
    >
      <Icon aria-hidden="true" className="mt-1 size-5 shrink-0" />
      <span>{children}</span>
    </p>
  )
}
