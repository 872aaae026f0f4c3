'use client'

import { ChevronDown } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { post, UNREACHABLE_SENTENCE } from './ask.ts'
import { Avatar } from './avatar.tsx'
import { classes } from './classes.ts'

export type Role = 'member' | 'till' | 'owner' | 'auditor'

export interface Choice {
  readonly role: Role
  readonly id: string
  readonly name: string
  readonly place: string | null
  readonly hue: number | null
}

const headings: Record<Role, string> = {
  member: 'Shoppers',
  till: 'At the till',
  owner: 'Shop owners',
  auditor: 'Looking at the books',
}

export const areaOf: Record<Role, string> = { member: '/member', till: '/till', owner: '/shop', auditor: '/audit' }

export function sameChoice(a: { role: Role; id: string } | null, b: { role: Role; id: string }): boolean {
  return a?.role === b.role && a.id.toLowerCase() === b.id.toLowerCase()
}

/** Steps into somebody's shoes and goes to where they stand. */
export function useStepIn(): {
  stepIn: (choice: Choice) => Promise<void>
  busy: string | null
  sentence: string | null
} {
  const router = useRouter()
  const [busy, setBusy] = useState<string | null>(null)
  const [sentence, setSentence] = useState<string | null>(null)
  const stepIn = async (choice: Choice) => {
    setBusy(`${choice.role}:${choice.id}`)
    setSentence(null)
    const answer = await post('/api/demo/choose', { role: choice.role, id: choice.id })
    setBusy(null)
    if (answer.is === 'refused') return setSentence(answer.sentence)
    if (answer.is === 'unreachable') return setSentence(UNREACHABLE_SENTENCE)
    router.push(areaOf[choice.role])
    router.refresh()
  }
  return { stepIn, busy, sentence }
}

export function PersonSwitcher({ choices, current }: { choices: readonly Choice[]; current: Choice | null }) {
  const sheet = useRef<HTMLDivElement>(null)
  const { stepIn, busy, sentence } = useStepIn()
  const choose = async (choice: Choice) => {
    await stepIn(choice)
    sheet.current?.hidePopover()
  }
  return (
    <>
      <button
        className="flex min-h-11 min-w-0 items-center gap-2 rounded-xl bg-fascia-deep py-1.5 pr-3 pl-1.5 text-cream"
        popoverTarget="people"
        type="button"
      >
        {current ? <Avatar hue={current.hue} name={current.name} size="small" /> : null}
        <span className={classes('min-w-0 text-left leading-tight', !current && 'pl-2')}>
          <span className="block max-w-32 truncate font-semibold text-[0.9375rem] sm:max-w-48">
            {current ? current.name : 'Come in as …'}
          </span>
          {current?.place ? (
            <span className="hidden max-w-48 truncate text-[0.8125rem] text-cream/85 sm:block">{current.place}</span>
          ) : null}
        </span>
        <ChevronDown aria-hidden="true" className="size-4 shrink-0" />
      </button>
      <div
        aria-label="Demo people"
        role="dialog"
        className={classes(
          'fixed inset-auto top-20 right-3 m-0 max-h-[calc(100dvh-6rem)] w-[min(24rem,calc(100vw-1.5rem))] sm:right-6',
          'overflow-y-auto rounded-3xl border border-line bg-card p-4 text-ink shadow-card',
        )}
        id="people"
        popover="auto"
        ref={sheet}
      >
        <p className="px-2 pb-2 text-[0.9375rem] text-soft">This street is a demonstration. Be anyone on it:</p>
        {sentence ? (
          <p className="mx-2 mb-2 rounded-xl bg-bad-soft px-3 py-2 text-bad" role="alert">
            {sentence}
          </p>
        ) : null}
        {(['member', 'till', 'owner', 'auditor'] as const).map((role) => (
          <Group busy={busy} choices={choices} choose={choose} current={current} key={role} role={role} />
        ))}
      </div>
    </>
  )
}

function Group({
  role,
  choices,
  current,
  busy,
  choose,
}: {
  role: Role
  choices: readonly Choice[]
  current: Choice | null
  busy: string | null
  choose: (choice: Choice) => void
}) {
  const here = choices.filter((choice) => choice.role === role)
  if (here.length === 0) return null
  return (
    <section aria-label={headings[role]} className="pt-2">
      <h2 className="px-2 pb-1 font-semibold text-sm text-soft">{headings[role]}</h2>
      <ul>
        {here.map((choice) => {
          const chosen = sameChoice(current, choice)
          return (
            <li key={choice.id}>
              <button
                aria-current={chosen ? 'true' : undefined}
                className={classes(
                  'flex w-full items-center gap-3 rounded-2xl px-2 py-2 text-left hover:bg-sunk',
                  chosen && 'bg-sunk',
                )}
                disabled={busy !== null}
                onClick={() => choose(choice)}
                type="button"
              >
                <Avatar hue={choice.hue} name={choice.name} size="small" />
                <span className="min-w-0">
                  <span className="block truncate font-medium">{choice.name}</span>
                  {choice.place ? <span className="block truncate text-sm text-soft">{choice.place}</span> : null}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
