import { notFound } from 'next/navigation'
import { shopDesk } from '#web/queries/shop-desk.ts'
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

export default async function ShopPage() {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [desk, given] = await Promise.all([shopDesk(someone.shop), formats()])
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
        </div>
      </div>
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
