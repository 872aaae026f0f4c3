import { TriangleAlert } from 'lucide-react'
import type { Session } from '#web/acts/session.ts'
import { accountNotices } from '#web/queries/account-notices.ts'
import { memberAccount } from '#web/queries/member-account.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import { formats } from '../formats.ts'
import { streetNow } from '../now.ts'

/** Before anything else: somebody changes this member's keys, and it may not be they themselves. */
export async function KeyAlarm({ inside }: { inside: Session }) {
  if (inside.way !== 'passkey') return null
  const [account, notices] = await Promise.all([memberAccount(inside.account), accountNotices(inside.account)])
  const unseen = notices.some(({ seen }) => !seen)
  if (!account?.recovery && !unseen) return null
  const [{ dates }, now] = await Promise.all([formats(), streetNow()])
  const moment = (at: Date) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
  return (
    <section
      className={
        account?.recovery
          ? 'mb-6 flex flex-wrap items-center justify-between gap-4 rounded-3xl bg-bad-soft px-5 py-4 text-bad'
          : 'mb-6 flex flex-wrap items-center justify-between gap-4 rounded-3xl bg-wait-soft px-5 py-4 text-wait'
      }
    >
      <p className="flex items-start gap-3 text-lg">
        <TriangleAlert aria-hidden="true" className="mt-1 size-5 shrink-0" />
        {account?.recovery
          ? `A new device takes the place of yours on ${moment(account.recovery.readyAt)}. Was that you?`
          : 'Something about your devices has changed. Was that you?'}
      </p>
      <ButtonLink href="/member/keys" look="outline">
        Look
      </ButtonLink>
    </section>
  )
}
