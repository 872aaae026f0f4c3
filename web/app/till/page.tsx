import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { roomOnCards } from '#web/acts/cards.ts'
import { type MemberCard, memberByCodeOrAddress, members } from '#web/queries/members.ts'
import { network } from '#web/queries/network.ts'
import { type ShopCard, shops } from '#web/queries/shops.ts'
import { type TillDesk, tillDesk } from '#web/queries/till-desk.ts'
import { type Unpaid, unpaidAt } from '#web/queries/unpaid.ts'
import { Empty } from '#web/ui/parts.tsx'
import { ShopPlate } from '#web/ui/sign.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { Area } from '../area.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { formats } from '../formats.ts'
import { streetNow } from '../now.ts'
import { person } from '../person.ts'
import type { Shopper, TillShop } from './card.ts'
import type { Owed } from './owed.ts'
import { Receipts } from './receipts.tsx'
import { TillAtTheCounter } from './till-at-the-counter.tsx'
import { TillMemory } from './till-memory.tsx'
import type { ReceiptToUndo } from './undo-receipt.tsx'

export const metadata: Metadata = { title: 'Till' }

interface Asked {
  readonly member?: string | string[]
  readonly undo?: string | string[]
}

export default async function TillPage({ searchParams }: { searchParams: Promise<Asked> }) {
  const someone = await person()
  if (someone?.role !== 'till') {
    return (
      <Area width="narrow">
        <ComeInFirst who="till" />
        <TillMemory />
      </Area>
    )
  }
  const [desk, street, given, now] = await Promise.all([
    tillDesk(someone.shop, someone.till),
    shops(),
    formats(),
    streetNow(),
  ])
  const shop = street.find((one) => one.shop === someone.shop)
  if (!desk || !shop) notFound()
  const { member: asked, undo: wish } = await searchParams
  const undo = receiptToUndo(desk, wish)
  const [known, scanned, unpaid] = await Promise.all([
    shoppersOf(desk),
    typeof asked === 'string' ? memberByCodeOrAddress(codeTyped(asked)) : null,
    unpaidAt(someone.shop),
  ])
  const pending = desk.recent.some((receipt) => receipt.state === 'pending')
  return (
    <Area hue={shop.hue}>
      <div className="mb-5 flex items-center gap-3.5">
        <ShopPlate hue={shop.hue} name={shop.name} />
        <div className="min-w-0">
          <h1 className="truncate font-semibold text-xl leading-tight">{shop.name}</h1>
          <p className="truncate text-soft">
            {desk.tillName}
            {desk.cashier ? `, ${desk.cashier}` : ''}
          </p>
        </div>
      </div>
      {desk.revoked ? (
        <>
          <Empty title="This till has been switched off">
            The owner of the shop can open a new one. What was rung up here goes to the owner, who can confirm it.
          </Empty>
          <TillMemory />
        </>
      ) : (
        <div className="grid grid-cols-1 items-start gap-10 lg:grid-cols-[minmax(0,30rem)_minmax(0,1fr)] lg:gap-14">
          <section aria-label="Till">
            <TillAtTheCounter
              key={typeof wish === 'string' ? wish : 'counter'}
              known={known}
              owed={unpaid.map(owedOf)}
              pace={pending ? 'soon' : 'later'}
              scanned={scanned && shopperOf(scanned)}
              shop={cardOf(desk, shop)}
              undo={undo}
            />
          </section>
          <Receipts asGift={shop.isCharity} given={given} now={now} receipts={desk.recent} />
        </div>
      )}
    </Area>
  )
}

/** What a till knows of itself. */
function cardOf(desk: TillDesk, { name, hue, earnRate, isCharity, token }: ShopCard): TillShop {
  const { shop, till, tillName, key, cashiers, rewards } = desk
  const { chainId, contracts, rpId, tillIdleSeconds: idleSeconds } = network()
  const { issuance, redemptions } = contracts
  return {
    ...{ rpId, idleSeconds, name, tillName, hue, earnRate, isCharity, gives: !isCharity && token !== null },
    place: { shop, till, chainId, issuance, redemptions, key },
    cashiers: [...cashiers],
    rewards: [...rewards],
  }
}

/** The receipt that the address names, where this till wrote it lately. */
function receiptToUndo(desk: TillDesk, wish: Asked['undo']): ReceiptToUndo | null {
  const [, kind, number] = /^(purchase|payment)-(\d{1,18})$/.exec(typeof wish === 'string' ? wish : '') ?? []
  const found = desk.recent.find((one) => one.kind === kind && `${one.sequence}` === number)
  if (!found) return null
  const { sequence, memberName, spend } = found
  return { kind: found.kind, sequence, memberName, spend }
}

const MOST_SHOPPERS = 8

const shopperOf = ({ member, calledName, code }: MemberCard): Shopper => ({
  ...{ member, code, name: calledName, cardTakes: null },
})

const owedOf = ({ till, sequence, member, memberName, points, at }: Unpaid): Owed => ({
  ...{ till, member, memberName, points, at, sequence: `${sequence}` },
})

/** Whom this till saw last; a street of demo people fills up with them. */
async function shoppersOf(desk: TillDesk): Promise<readonly Shopper[]> {
  const seen = new Map<string, Shopper>()
  const cards = await roomOnCards([...new Set(desk.recent.map(({ member }) => member))])
  for (const { member, memberName } of desk.recent) {
    seen.set(member, { member, name: memberName, code: null, cardTakes: cards.get(member) ?? null })
  }
  for (const card of network().demo ? await members() : []) {
    const before = seen.get(card.member)
    if (before || seen.size < MOST_SHOPPERS) {
      seen.set(card.member, shopperOf(card))
    }
  }
  return [...seen.values()].slice(0, MOST_SHOPPERS)
}
