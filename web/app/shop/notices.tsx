import { Clock3, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ShopDesk } from '#web/queries/shop-desk.ts'
import { classes } from '#web/ui/classes.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'

/** What an owner should know before anything else. */
export function Notices({ desk, given }: { desk: ShopDesk; given: Formats }) {
  const { waiting, profile } = desk
  const onTheirWay = waiting.points - waiting.notFundedPoints
  return (
    <div className="grid gap-3 empty:hidden">
      {profile.status === 'Active' ? null : (
        <Notice kind="bad">Your shop takes no part in the street’s points at present.</Notice>
      )}
      {waiting.notFundedPoints > 0n ? (
        <Notice kind="bad">
          {formatPoints(waiting.notFundedPoints, given.money)} wait for money in your reserve. Your members see them as
          on their way until you add to it.
        </Notice>
      ) : null}
      {onTheirWay > 0n ? (
        <Notice kind="wait">{formatPoints(onTheirWay, given.money)} are on their way to your members.</Notice>
      ) : null}
    </div>
  )
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
