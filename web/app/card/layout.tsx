import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { Area } from '../area.tsx'
import { person } from '../person.ts'
import { KeepSealed } from './keep-sealed.tsx'

export const metadata: Metadata = { title: 'Your card' }

export default async function CardLayout({ children }: { children: ReactNode }) {
  const someone = await person()
  return (
    <Area width="narrow">
      {someone?.role === 'member' ? null : <KeepSealed />}
      {children}
    </Area>
  )
}
