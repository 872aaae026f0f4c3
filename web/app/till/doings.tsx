'use client'

import { Gift } from 'lucide-react'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { pointsForCents } from '#web/ui/money.ts'
import type { Shopper, TillShop } from './card.ts'
import type { Taking } from './take.ts'

/** What a till does: gives points, takes points, hands out a reward. */
export function Doings({
  shop,
  cents,
  scanned,
  onGive,
  onTake,
  onReward,
}: {
  shop: TillShop
  cents: bigint
  scanned: Shopper | null
  onGive: () => void
  onTake: (taking: Taking) => void
  onReward: () => void
}) {
  const { money } = useFormats()
  const points = cents === 0n ? null : pointsForCents(cents, money)
  return (
    <>
      <GiveOrTake
        onGive={cents === 0n ? null : onGive}
        onTake={points === null ? null : () => onTake({ points, purpose: 0, reward: null })}
        scanned={scanned}
        shop={shop}
      />
      {shop.rewards.length > 0 ? (
        <Button className="mt-2.5 w-full" look="outline" onClick={onReward} size="huge">
          <Gift aria-hidden="true" className="size-6" /> {shop.isCharity ? 'A gift of something' : 'A reward'}
        </Button>
      ) : null}
    </>
  )
}

/** The two things a till does; null where it cannot be done now. */
function GiveOrTake({
  onGive,
  onTake,
  scanned,
  shop,
}: {
  onGive: (() => void) | null
  onTake: (() => void) | null
  scanned: Shopper | null
  shop: TillShop
}) {
  if (!shop.gives) {
    return (
      <Button className="mt-3 min-h-22! w-full" disabled={onTake === null} onClick={onTake ?? undefined} size="huge">
        {shop.isCharity ? 'Receive a gift of points' : 'Take points'}
      </Button>
    )
  }
  return (
    <div className="mt-3 grid grid-cols-2 gap-2.5">
      <Button
        className="min-h-22! flex-col gap-0.5! leading-tight"
        disabled={onGive === null}
        onClick={onGive ?? undefined}
        size="huge"
      >
        Give points
        {scanned ? <span className="font-normal text-base">to {scanned.name}</span> : null}
      </Button>
      <Button className="min-h-22!" disabled={onTake === null} look="outline" onClick={onTake ?? undefined} size="huge">
        Take points
      </Button>
    </div>
  )
}
