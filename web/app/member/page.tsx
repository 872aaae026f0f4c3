import { Gift, ScanLine } from 'lucide-react'
import { memberHome } from '#web/queries/member-home.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { Live } from '#web/ui/live.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { formats } from '../formats.ts'
import { streetNow } from '../now.ts'
import { session } from '../person.ts'
import { BalanceTicket } from './balance-ticket.tsx'
import { Issuers } from './issuers.tsx'
import { KeyAlarm } from './key-alarm.tsx'
import { Lapses } from './lapses.tsx'
import { Statement } from './statement.tsx'

export default async function MemberPage() {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'member') return <ComeInFirst who="member" />
  const [home, given, now, street] = await Promise.all([memberHome(someone.member), formats(), streetNow(), shops()])
  const hues = new Map(street.map((shop) => [shop.shop, shop.hue]))
  // Who has just joined looks on while the till writes their first points down.
  const isNew = home.statement.length === 0
  const waiting = isNew || home.pendingPoints > 0n || home.statement.some((line) => line.state === 'pending')
  return (
    <>
      <Live pace={waiting ? 'soon' : 'later'} />
      <h1 className="sr-only">Your points</h1>
      <KeyAlarm inside={inside} />
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[25rem_minmax(0,1fr)] lg:gap-12">
        <div className="grid min-w-0 grid-cols-1 gap-4 lg:sticky lg:top-6">
          <BalanceTicket given={given} home={home} origin={network().publicOrigin} />
          <div className="grid grid-cols-2 gap-3">
            <ButtonLink href="/member/pay" size="large">
              <ScanLine aria-hidden="true" className="size-5" /> Pay
            </ButtonLink>
            <ButtonLink href="/member/send" look="outline" size="large">
              <Gift aria-hidden="true" className="size-5" /> Send
            </ButtonLink>
          </div>
        </div>
        <div className="grid min-w-0 grid-cols-1 gap-10">
          <Issuers given={given} issuers={home.issuers} now={now} />
          <Lapses given={given} lapses={home.lapses} now={now} />
          <Statement given={given} hues={hues} lines={home.statement} now={now} />
        </div>
      </div>
    </>
  )
}
