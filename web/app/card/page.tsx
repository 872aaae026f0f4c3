import type { Metadata } from 'next'
import { network } from '#web/queries/network.ts'
import { Area } from '../area.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { streetNow } from '../now.ts'
import { session } from '../person.ts'
import { KeepSealed } from './keep-sealed.tsx'
import { OpenCard } from './open-card.tsx'

export const metadata: Metadata = { title: 'Your card' }

const termsSeconds = 25 * 3600

/** The page a card's sealed code opens: its points come to whoever has come in. */
export default async function CardPage() {
  const inside = await session()
  const someone = inside?.person
  if (someone?.role !== 'member') {
    return (
      <Area width="narrow">
        <KeepSealed />
        <ComeInFirst who="member" />
      </Area>
    )
  }
  const now = Math.max(Math.floor(Date.now() / 1000), Math.floor((await streetNow()).getTime() / 1000))
  return (
    <Area width="narrow">
      <div className="mx-auto max-w-xl">
        <OpenCard chainId={network().chainId} member={someone.member} until={now + termsSeconds} />
      </div>
    </Area>
  )
}
