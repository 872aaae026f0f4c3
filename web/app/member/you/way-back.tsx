import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { Session } from '#web/acts/session.ts'
import { guardsAnybody } from '#web/queries/guarded-accounts.ts'
import { type MemberAccount, memberAccount } from '#web/queries/member-account.ts'
import { SectionTitle } from '#web/ui/parts.tsx'

/** How a member gets back to their points when the phone is gone, and whom they may help. */
export async function WayBack({ inside }: { inside: Session }) {
  const [account, guards] = await Promise.all([
    inside.way === 'passkey' ? memberAccount(inside.account) : null,
    guardsAnybody(inside.account),
  ])
  if (!account && !guards) return null
  return (
    <section>
      <SectionTitle title="If a phone is lost" />
      <ul className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-card shadow-card">
        {account ? (
          <Way href="/member/keys" title="Your devices">
            {standingWords(account)}
          </Way>
        ) : null}
        {guards ? (
          <Way href="/member/help" title="Somebody asks for your help">
            They trust you to help them to a new phone.
          </Way>
        ) : null}
      </ul>
    </section>
  )
}

function Way({ href, title, children }: { href: string; title: string; children: string }) {
  return (
    <li>
      <Link className="flex min-h-16 items-center gap-4 px-5 py-3 hover:bg-sunk" href={href}>
        <span className="min-w-0 flex-1">
          <span className="block font-medium text-lg">{title}</span>
          <span className="block text-soft">{children}</span>
        </span>
        <ChevronRight aria-hidden="true" className="size-5 shrink-0 text-soft" />
      </Link>
    </li>
  )
}

function standingWords({ keys, guardian, recoverable }: MemberAccount): string {
  if (!recoverable) return 'Not recoverable: one device, and nobody who may help you. Change that here.'
  const helper = guardian?.shop?.name ?? guardian?.calledName ?? null
  const devices = keys.length === 1 ? 'One device' : `${keys.length} devices`
  return helper === null ? `${devices} that let you in.` : `${devices}, and ${helper} may help you to a new one.`
}
