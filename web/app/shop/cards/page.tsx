import type { Metadata } from 'next'
import { cardsOfShop } from '#web/queries/card.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { person } from '../../person.ts'
import { CardSheet } from './card-sheet.tsx'

export const metadata: Metadata = { title: 'Cards' }

/** Cards for shoppers without a phone: made in the owner's browser, printed, and kept nowhere. */
export default async function CardsPage() {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [{ made, claimed }, street] = await Promise.all([cardsOfShop(someone.shop), shops()])
  const own = street.find(({ shop }) => shop === someone.shop)
  return (
    <>
      <div className="print:hidden">
        <PageTitle
          lead="For shoppers without a phone at hand. A card collects points at any shop; later a phone takes them."
          title="Cards"
        >
          <p className="figures text-soft">
            {made} made, {claimed} moved to a phone
          </p>
        </PageTitle>
      </div>
      <CardSheet origin={network().publicOrigin} shop={someone.shop} shopName={own?.name ?? `Shop ${someone.shop}`} />
    </>
  )
}
