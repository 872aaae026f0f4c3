import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { memberByCodeOrAddress, members } from '#web/queries/members.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { type TillDesk, tillDesk } from '#web/queries/till-desk.ts'
import { Live } from '#web/ui/live.tsx'
import { Empty } from '#web/ui/parts.tsx'
import { ShopPlate } from '#web/ui/sign.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { Area } from '../area.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { formats } from '../formats.ts'
import { streetNow } from '../now.ts'
import { person } from '../person.ts'
import type { Shopper } from './ask-member.tsx'
import { Receipts } from './receipts.tsx'
import { TillScreen } from './till-screen.tsx'

export const metadata: Metadata = { title: 'Till' }

export default async function TillPage({ searchParams }: { searchParams: Promise<{ member?: string | string[] }> }) {
  const someone = await person()
  if (someone?.role !== 'till') {
    return (
      <Area width="narrow">
        <ComeInFirst who="till" />
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
  const asked = (await searchParams).member
  const [known, scanned] = await Promise.all([
    shoppersOf(desk),
    typeof asked === 'string' ? memberByCodeOrAddress(codeTyped(asked)) : null,
  ])
  const { chainId, contracts } = network()
  const place = {
    shop: desk.shop,
    till: desk.till,
    chainId,
    issuance: contracts.issuance,
    redemptions: contracts.redemptions,
    key: desk.key,
  }
  const pending = desk.recent.some((receipt) => receipt.state === 'pending')
  return (
    <Area hue={shop.hue}>
      <Live pace={pending ? 'soon' : 'later'} />
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
        <Empty title="This till has been switched off">The owner of the shop can open a new one.</Empty>
      ) : (
        <div className="grid grid-cols-1 items-start gap-10 lg:grid-cols-[minmax(0,30rem)_minmax(0,1fr)] lg:gap-14">
          <section aria-label="Till">
            <TillScreen
              known={known}
              scanned={scanned && { member: scanned.member, name: scanned.calledName, code: scanned.code }}
              shop={{
                place,
                name: shop.name,
                earnRate: shop.earnRate,
                gives: !shop.isCharity && shop.token !== null,
                isCharity: shop.isCharity,
                rewards: desk.rewards,
              }}
            />
          </section>
          <Receipts asGift={shop.isCharity} given={given} now={now} receipts={desk.recent} />
        </div>
      )}
    </Area>
  )
}

const MOST_SHOPPERS = 8

/** Whom this till saw last; a street of demo people fills up with them. */
async function shoppersOf(desk: TillDesk): Promise<readonly Shopper[]> {
  const seen = new Map<string, Shopper>()
  for (const { member, memberName } of desk.recent) seen.set(member, { member, name: memberName, code: null })
  for (const card of network().demo ? await members() : []) {
    const before = seen.get(card.member)
    if (before || seen.size < MOST_SHOPPERS) {
      seen.set(card.member, { member: card.member, name: card.calledName, code: card.code })
    }
  }
  return [...seen.values()].slice(0, MOST_SHOPPERS)
}
