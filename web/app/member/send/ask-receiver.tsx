import { Search } from 'lucide-react'
import Link from 'next/link'
import type { MemberCard } from '#web/queries/members.ts'
import { Avatar } from '#web/ui/avatar.tsx'
import { Button } from '#web/ui/button.tsx'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'

/** Step one: to whom. */
export function AskReceiver({
  found,
  search,
  problem,
}: {
  found: readonly MemberCard[]
  search: string
  problem: string | null
}) {
  return (
    <div className="mx-auto max-w-xl">
      <PageTitle lead="Choose a person, or type the code on their phone." title="Send points" />
      <form action="/member/send" className="flex gap-2.5">
        <label className="sr-only" htmlFor="receiver">
          Name or code
        </label>
        <input
          autoComplete="off"
          className="min-h-14 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-5 text-lg"
          defaultValue={search}
          enterKeyHint="search"
          id="receiver"
          name="search"
          placeholder="Name or code"
          type="search"
        />
        <Button aria-label="Find" className="min-w-14 px-0" size="large" type="submit">
          <Search aria-hidden="true" className="size-6" />
        </Button>
      </form>
      <p className="mt-2 min-h-6 text-bad" role="alert">
        {problem}
      </p>
      {found.length === 0 ? (
        <Empty title="Nobody found">People who are not greeted by name are found by their whole code only.</Empty>
      ) : (
        <ul className="divide-y divide-line overflow-hidden rounded-3xl border border-line bg-card shadow-card">
          {found.map((card) => (
            <li key={card.member}>
              <Link
                className="flex min-h-16 items-center gap-4 px-4 py-2.5 hover:bg-sunk"
                href={`/member/send?to=${encodeURIComponent(card.code)}`}
              >
                <Avatar name={card.calledName} />
                <span className="min-w-0 flex-1 truncate font-medium text-lg">{card.calledName}</span>
                <span className="font-mono text-soft">{spacedCode(card.code)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
