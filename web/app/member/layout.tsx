import { Gift, Home, ScanLine, UserRound } from 'lucide-react'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Area } from '../area.tsx'

export const metadata: Metadata = { title: 'Your points' }

const places = [
  { href: '/member', name: 'Balance', icon: <Home aria-hidden="true" className="size-5" /> },
  { href: '/member/pay', name: 'Pay', icon: <ScanLine aria-hidden="true" className="size-5" /> },
  { href: '/member/send', name: 'Send', icon: <Gift aria-hidden="true" className="size-5" /> },
  { href: '/member/you', name: 'You', icon: <UserRound aria-hidden="true" className="size-5" /> },
]

export default function MemberLayout({ children }: { children: ReactNode }) {
  return <Area places={places}>{children}</Area>
}
