import Link from 'next/link'
import { notFound } from 'next/navigation'
import type { Session } from '#web/acts/session.ts'
import { rolesOf } from '#web/queries/roles.ts'
import { shopDesk } from '#web/queries/shop-desk.ts'
import { shops } from '#web/queries/shops.ts'
import { Live } from '#web/ui/live.tsx'
import { ShopPlate } from '#web/ui/sign.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { formats } from '../formats.ts'
import { session } from '../person.ts'
import { SignedIn } from '../signed-in.tsx'
import { Cover } from './cover.tsx'
import { Debts } from './debts.tsx'
import { LastMonth, Rewards, Tills } from './lists.tsx'
import { Notices } from './notices.tsx'
import { OtherShops } from './other-shops.tsx'

export default async function ShopPage() {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [desk, given, others] = await Promise.all([
    shopDesk(someone.shop),
    formats(),
    othersOf(inside.account, someone.shop),
  ])
  if (!desk) notFound()
  return (
    <>
      <Live pace={desk.waiting.entries > 0 ? 'soon' : 'later'} />
      <div className="mb-7 flex items-center gap-4">
        <ShopPlate hue={desk.profile.hue} name={desk.profile.name} size="large" />
        <div className="min-w-0">
          <h1 className="truncate font-semibold text-3xl tracking-tight sm:text-4xl">{desk.profile.name}</h1>
          <p className="truncate text-lg text-soft">
            {[desk.profile.trade, desk.profile.street].filter(Boolean).join(', ')}
          </p>
          {desk.profile.status === 'Active' ? (
            <Link className="text-soft underline underline-offset-4" href="/board">
              One seat and one vote on the board
            </Link>
          ) : null}
        </div>
      </div>
      {others.length > 0 ? <OtherShops shops={others} /> : null}
      <div className="grid grid-cols-1 gap-8 sm:gap-10">
        <Notices desk={desk} given={given} />
        <Cover desk={desk} given={given} />
        <Debts desk={desk} given={given} />
        <LastMonth flows={desk.last30Days} given={given} />
        <div className="grid grid-cols-1 items-start gap-10 lg:grid-cols-2">
          <Rewards given={given} rewards={desk.rewards} />
          <Tills tills={desk.tills} />
        </div>
        <SignedIn given={given} inside={inside} />
      </div>
    </>
  )
}

/** Whoever owns several shops goes from desk to desk. */
async function othersOf(account: Session['account'], here: number) {
  const owned = (await rolesOf(account)).shops.filter(({ shop }) => shop !== here)
  if (owned.length === 0) return []
  const names = new Map((await shops()).map(({ shop, name }) => [shop, name]))
  return owned.map(({ shop }) => ({ shop, name: names.get(shop) ?? `Shop ${shop}` }))
}
