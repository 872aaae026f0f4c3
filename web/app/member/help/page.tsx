import type { Metadata } from 'next'
import { ComeInFirst } from '../../come-in-first.tsx'
import { Helping } from '../../helping.tsx'
import { session } from '../../person.ts'

export const metadata: Metadata = { title: 'Somebody lost their phone' }

export default async function HelpPage({ searchParams }: { searchParams: Promise<{ who?: string | string[] }> }) {
  const inside = await session()
  if (inside?.person.role !== 'member') return <ComeInFirst who="member" />
  const { who } = await searchParams
  return <Helping inside={inside} search={typeof who === 'string' ? who.slice(0, 60) : ''} />
}
