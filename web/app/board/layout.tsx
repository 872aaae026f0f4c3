import { Landmark, ScrollText, Store } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Area } from '../area.tsx'
import { person } from '../person.ts'

export const metadata: Metadata = { title: 'The board' }

const places = [
  { href: '/board', name: 'Board', icon: <Landmark aria-hidden="true" className="size-5" /> },
  { href: '/shop', name: 'Your desk', icon: <Store aria-hidden="true" className="size-5" /> },
  { href: '/audit', name: 'The books', icon: <ScrollText aria-hidden="true" className="size-5" /> },
]

export default async function BoardLayout({ children }: { children: ReactNode }) {
  const someone = await person()
  return <Area places={someone?.role === 'owner' ? places : []}>{children}</Area>
}
