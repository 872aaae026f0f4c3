'use client'

import { BookOpenCheck, KeyRound, ShoppingBasket, Store } from 'lucide-react'
import type { ReactNode } from 'react'
import { Avatar } from '#web/ui/avatar.tsx'
import { classes } from '#web/ui/classes.ts'
import { type Choice, type Role, sameChoice, useStepIn } from '#web/ui/person-switcher.tsx'

const groups: readonly { role: Role; title: string; lead: string; icon: ReactNode }[] = [
  { role: 'member', title: 'A shopper', lead: 'One balance for the whole street', icon: <ShoppingBasket /> },
  { role: 'till', title: 'A cashier', lead: 'Gives points and takes them', icon: <Store /> },
  { role: 'owner', title: 'A shop owner', lead: 'Sees what is owed, and to whom', icon: <KeyRound /> },
  { role: 'auditor', title: 'An auditor', lead: 'Compares the two books', icon: <BookOpenCheck /> },
]

export function ComeIn({ choices, current }: { choices: readonly Choice[]; current: Choice | null }) {
  const { stepIn, busy, sentence } = useStepIn()
  return (
    <>
      {sentence ? (
        <p className="mb-4 rounded-2xl bg-bad-soft px-4 py-3 text-bad" role="alert">
          {sentence}
        </p>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {groups.map(({ role, title, lead, icon }) => (
          <section className="rounded-3xl border border-line bg-card p-4 shadow-card" key={role}>
            <div className="flex items-center gap-3 px-1 pb-3">
              <span aria-hidden="true" className="text-shop-text [&>svg]:size-6">
                {icon}
              </span>
              <div>
                <h3 className="font-semibold text-lg leading-tight">{title}</h3>
                <p className="text-sm text-soft">{lead}</p>
              </div>
            </div>
            <ul className="max-h-80 overflow-y-auto">
              {choices
                .filter((choice) => choice.role === role)
                .map((choice) => (
                  <li key={choice.id}>
                    <button
                      aria-current={sameChoice(current, choice) ? 'true' : undefined}
                      className={classes(
                        'flex min-h-14 w-full items-center gap-3 rounded-2xl px-2 py-1.5 text-left hover:bg-sunk',
                        sameChoice(current, choice) && 'bg-sunk',
                      )}
                      disabled={busy !== null}
                      onClick={() => stepIn(choice)}
                      type="button"
                    >
                      <Avatar hue={choice.hue} name={choice.name} />
                      <span className="min-w-0">
                        <span className="block truncate font-medium">{choice.name}</span>
                        {choice.place ? <span className="block truncate text-sm text-soft">{choice.place}</span> : null}
                      </span>
                    </button>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  )
}
