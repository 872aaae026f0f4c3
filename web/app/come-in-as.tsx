'use client'

import { ChevronRight } from 'lucide-react'
import { Avatar } from '#web/ui/avatar.tsx'
import { type Choice, useStepIn } from '#web/ui/person-switcher.tsx'

/** The demo people of one kind, large enough for a thumb. */
export function ComeInAs({ choices }: { choices: readonly Choice[] }) {
  const { stepIn, busy, sentence } = useStepIn()
  return (
    <>
      {sentence ? (
        <p className="mt-5 rounded-2xl bg-bad-soft px-4 py-3 text-bad" role="alert">
          {sentence}
        </p>
      ) : null}
      <ul className="mt-6 divide-y divide-line overflow-hidden rounded-3xl border border-line bg-card shadow-card">
        {choices.map((choice) => (
          <li key={choice.id}>
            <button
              className="flex min-h-16 w-full items-center gap-4 px-4 py-2.5 text-left hover:bg-sunk"
              disabled={busy !== null}
              onClick={() => stepIn(choice)}
              type="button"
            >
              <Avatar hue={choice.hue} name={choice.name} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-lg">{choice.name}</span>
                {choice.place ? <span className="block truncate text-soft">{choice.place}</span> : null}
              </span>
              <ChevronRight aria-hidden="true" className="size-5 text-soft" />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
