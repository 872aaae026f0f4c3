import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { availablePoints } from '#web/queries/available.ts'
import { giftSent } from '#web/queries/gift-sent.ts'
import { memberHome } from '#web/queries/member-home.ts'
import { memberByCodeOrAddress, members } from '#web/queries/members.ts'
import type { Address } from '#web/queries/network.ts'
import { centsTyped, moneyOfCents, pointsForCents } from '#web/ui/money.ts'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { streetNow } from '../../now.ts'
import { session, signingPlace } from '../../person.ts'
import { AskAmount } from './ask-amount.tsx'
import { AskReceiver } from './ask-receiver.tsx'
import { ConfirmGiftLater } from './confirm-gift-later.tsx'
import { beginningOf, freshGift, isGift } from './gift-number.ts'
import { GiftTicket } from './gift-ticket.tsx'
import { type Sendable, sentLines } from './lines.ts'

export const metadata: Metadata = { title: 'Send' }

const TERMS_SECONDS = 25 * 3600

type Asked = Readonly<Record<'to' | 'amount' | 'search' | 'gift', string | string[] | undefined>>

const text = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')

/** To whom, how much, and then exactly what goes. Each step has its own address, so that Back goes back. */
export default async function SendPage({ searchParams }: { searchParams: Promise<Asked> }) {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'member') return <ComeInFirst who="member" />
  const asked = await searchParams
  const code = codeTyped(text(asked.to))
  const receiver = code === '' ? null : await memberByCodeOrAddress(code)
  if (!receiver || receiver.member === someone.member) {
    const found = (await members(text(asked.search))).filter(({ member }) => member !== someone.member)
    return <AskReceiver found={found} problem={receiverProblem(code, receiver !== null)} search={text(asked.search)} />
  }
  const gift = text(asked.gift)
  const sent = isGift(gift)
    ? await giftSent({ from: someone.member, to: receiver.member, beginning: beginningOf(gift) })
    : null
  if (sent) {
    return (
      <>
        <h1 className="sr-only">Points sent to {receiver.calledName}</h1>
        <GiftTicket {...sent} receiver={{ name: receiver.calledName, code: receiver.code }} />
      </>
    )
  }
  const { money } = await formats()
  const now = Math.max(Math.floor(Date.now() / 1000), Math.floor((await streetNow()).getTime() / 1000))
  const until = now + TERMS_SECONDS
  const sendable = await sendablePoints(someone.member, until)
  const available = sendable.reduce((sum, one) => sum + one.points, 0n)
  const cents = centsTyped(text(asked.amount))
  const points = cents === null ? null : pointsForCents(cents, money)
  const lines = points === null || points === 0n ? null : sentLines(sendable, points)
  if (points === null || cents === null || lines === null) {
    return (
      <AskAmount
        available={available}
        amount={text(asked.amount)}
        receiver={{ name: receiver.calledName, code: receiver.code }}
        tooMuch={points !== null && points > available}
      />
    )
  }
  if (!isGift(gift))
    redirect(
      `/member/send?${new URLSearchParams({ to: receiver.code, amount: text(asked.amount), gift: freshGift() })}`,
    )
  return (
    <>
      <h1 className="sr-only">Send points to {receiver.calledName}</h1>
      <ConfirmGiftLater
        amount={moneyOfCents(cents, money)}
        gift={gift}
        key={gift}
        lines={lines}
        place={await signingPlace(inside)}
        receiver={{ name: receiver.calledName, member: receiver.member, code: receiver.code }}
        until={until}
      />
    </>
  )
}

function receiverProblem(code: string, isSelf: boolean): string | null {
  if (code === '') return null
  return isSelf ? 'That is your own code.' : 'Nobody on the street has that code. Please look at it again.'
}

/** Free points by issuer that are still live when the terms end, and worth their par: a gift is chosen in money. */
async function sendablePoints(member: Address, until: number): Promise<readonly Sendable[]> {
  const [home, available] = await Promise.all([memberHome(member), availablePoints(member, { at: until })])
  const free = new Map(available.map((holding) => [holding.issuer, holding.freePoints]))
  return home.issuers.flatMap(({ shop, name, hue, token, nextLapse }) => {
    if (!nextLapse) return []
    return [{ shop, name, hue, token, points: free.get(shop) ?? 0n, lapsesFrom: nextLapse.notBefore }]
  })
}
