import type { BoardRoom } from '#web/queries/board-room.ts'
import { SectionTitle } from '#web/ui/parts.tsx'
import { ShopPlate } from '#web/ui/sign.tsx'

/** Who decides: one active shop, one seat, one vote (N-22). */
export function Seats({ seats, own }: { seats: BoardRoom['seats']; own: number }) {
  return (
    <section aria-labelledby="seats">
      <div id="seats">
        <SectionTitle title={`${seats.length} ${seats.length === 1 ? 'seat' : 'seats'}, one vote each`} />
      </div>
      <ul className="flex flex-wrap gap-2">
        {seats.map(({ shop, name, hue }) => (
          <li
            className="flex min-w-0 items-center gap-2.5 rounded-2xl border border-line bg-card py-1.5 pr-4 pl-1.5"
            key={shop}
          >
            <ShopPlate hue={hue} name={name} />
            <span className="truncate font-medium">{name}</span>
            {shop === own ? <span className="text-soft text-sm">yours</span> : null}
          </li>
        ))}
      </ul>
      <p className="mt-3 max-w-prose text-soft">
        {seats.some(({ shop }) => shop === own) ? '' : 'Your shop has no seat: only active shops do. '}
        The board votes on the chain, and whoever loses a vote has time to leave before it counts.
      </p>
    </section>
  )
}
