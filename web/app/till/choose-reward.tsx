'use client'

import { ArrowLeft } from 'lucide-react'
import type { OfferedReward } from '#web/queries/till-desk.ts'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'

const rewardClasses = classes(
  'flex min-h-22 w-full touch-manipulation items-center justify-between gap-4 rounded-2xl px-5 py-3 text-left',
  'border border-line bg-card shadow-card hover:bg-sunk active:bg-shop-soft',
)

const priceClasses = classes(
  'figures shrink-0 whitespace-nowrap rounded-full bg-shop-soft px-3 py-1 font-semibold text-shop-text',
)

/** What the shop offers for points: one tap takes it. */
export function ChooseReward({
  title,
  rewards,
  onChosen,
  onBack,
}: {
  title: string
  rewards: readonly OfferedReward[]
  onChosen: (reward: OfferedReward) => void
  onBack: () => void
}) {
  const { money } = useFormats()
  return (
    <div className="animate-rise">
      <div className="flex items-center gap-3">
        <Button aria-label="Back to the amount" className="size-14 px-0" look="outline" onClick={onBack} size="large">
          <ArrowLeft aria-hidden="true" className="size-6" />
        </Button>
        <h2 className="font-semibold text-2xl">{title}</h2>
      </div>
      <ul className="mt-5 grid gap-2.5">
        {rewards.map((reward) => (
          <li key={reward.reward}>
            <button className={rewardClasses} onClick={() => onChosen(reward)} type="button">
              <span className="min-w-0">
                <span className="block font-semibold text-xl">{reward.title}</span>
                <span className="block text-soft">{reward.detail}</span>
              </span>
              <span className={priceClasses}>{formatPoints(reward.points, money)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
