'use client'

import { Delete } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, moneyOfCents } from '#web/ui/money.ts'
import { type Key, keyOf, pressed } from './amount.ts'

const keys: readonly Key[] = ['7', '8', '9', '4', '5', '6', '1', '2', '3', '00', '0', 'back']

const keyClasses = classes(
  'figures grid min-h-18 touch-manipulation select-none place-items-center rounded-2xl sm:min-h-20',
  'border border-line bg-card font-medium text-3xl shadow-card transition-colors hover:bg-sunk active:bg-shop-soft',
)

/** The amount, and twelve keys that a thumb cannot miss. A keyboard types into it as well. */
export function Keypad({
  cents,
  onChange,
  note,
}: {
  cents: bigint
  onChange: (change: (cents: bigint) => bigint) => void
  note: string
}) {
  const { money } = useFormats()
  const shown = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      // Behind a lock it stands as it was left.
      if (!shown.current?.checkVisibility()) return
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return
      const key = keyOf(event.key)
      if (!key) return
      event.preventDefault()
      onChange((before) => pressed(before, key))
    }
    addEventListener('keydown', typed)
    return () => removeEventListener('keydown', typed)
  }, [onChange])
  return (
    <div ref={shown}>
      <div className="px-1 pb-4">
        <p className="sr-only" id="amount-name">
          Amount
        </p>
        <output
          aria-labelledby="amount-name"
          className={classes(
            'figures block truncate text-right font-semibold text-[clamp(3.25rem,14vw,5.25rem)] leading-none',
            cents === 0n && 'text-soft',
          )}
        >
          {formatMoneyDown(moneyOfCents(cents, money), money)}
        </output>
        <p className="figures mt-2 min-h-7 text-right text-lg text-soft">{note}</p>
      </div>
      <div className="grid grid-cols-3 gap-2.5">
        {keys.map((key) => (
          <button
            aria-label={key === 'back' ? 'Take back the last digit' : key}
            className={keyClasses}
            key={key}
            onClick={() => onChange((before) => pressed(before, key))}
            type="button"
          >
            {key === 'back' ? <Delete aria-hidden="true" className="size-8" /> : key}
          </button>
        ))}
      </div>
    </div>
  )
}
