import { network } from '#web/queries/network.ts'
import { ComeInFirst } from '../come-in-first.tsx'
import { streetNow } from '../now.ts'
import { session } from '../person.ts'
import { OpenCard } from './open-card.tsx'

const termsSeconds = 25 * 3600

/** The page a card's sealed code opens: its points come to whoever has come in. */
export default async function CardPage() {
  const someone = (await session())?.person
  if (someone?.role !== 'member') return <ComeInFirst who="member" />
  const now = Math.max(Math.floor(Date.now() / 1000), Math.floor((await streetNow()).getTime() / 1000))
  return (
    <div className="mx-auto max-w-xl">
      <OpenCard chainId={network().chainId} member={someone.member} until={now + termsSeconds} />
    </div>
  )
}
