import { ChartSpline, CreditCard, Gift, LifeBuoy, MonitorSmartphone, Store, Users } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { shops } from '#web/queries/shops.ts'
import { Area } from '../area.tsx'
import { person } from '../person.ts'

export const metadata: Metadata = { title: 'Your shop' }

const places = [
  { href: '/shop', name: 'Desk', icon: <Store aria-hidden="true" className="size-5" /> },
  { href: '/shop/tills', name: 'Tills', icon: <MonitorSmartphone aria-hidden="true" className="size-5" /> },
  { href: '/shop/members', name: 'Members', icon: <Users aria-hidden="true" className="size-5" /> },
  { href: '/shop/outlook', name: 'Outlook', icon: <ChartSpline aria-hidden="true" className="size-5" /> },
  { href: '/shop/offers', name: 'Offers', icon: <Gift aria-hidden="true" className="size-5" /> },
  { href: '/shop/cards', name: 'Cards', icon: <CreditCard aria-hidden="true" className="size-5" /> },
  { href: '/shop/help', name: 'Help', icon: <LifeBuoy aria-hidden="true" className="size-5" /> },
]

export default async function ShopLayout({ children }: { children: ReactNode }) {
  const someone = await person()
  const shop = someone?.role === 'owner' ? someone.shop : null
  const hue = shop === null ? undefined : (await shops()).find((one) => one.shop === shop)?.hue
  return (
    <Area hue={hue} places={shop === null ? [] : places}>
      {children}
    </Area>
  )
}
