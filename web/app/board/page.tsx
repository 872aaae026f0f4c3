import { Download } from 'lucide-react'
import { type BoardRoom, boardRoom } from '#web/queries/board-room.ts'
import { buttonClasses } from '#web/ui/button.tsx'
import { formatDayWithYear } from '#web/ui/dates.ts'
import { FairnessSection } from '#web/ui/fairness-section.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { Card, Empty, Figure, PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../come-in-first.tsx'
import { formats } from '../formats.ts'
import { person } from '../person.ts'
import { Forecasts } from './forecasts.tsx'
import { Multiplied } from './multiplied.tsx'
import { Policies } from './policies.tsx'
import { Seats } from './seats.tsx'

/** What the shops answer for together: by which rules members are judged, how well, and whether alike. */
export default async function BoardPage() {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [room, given] = await Promise.all([boardRoom(), formats()])
  return (
    <>
      <PageTitle
        lead="What the shops decide together, and what comes of it for members. No shop’s members are named here."
        title="The board"
      >
        <a className={buttonClasses('outline', 'medium')} download href="/board/export">
          <Download aria-hidden="true" className="size-5" /> Save as a table
        </a>
      </PageTitle>
      <div className="grid grid-cols-1 gap-8 sm:gap-10">
        <Seats own={someone.shop} seats={room.seats} />
        <AtAGlance given={given} room={room} />
        <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
          <Policies given={given} policies={room.policies} />
          <Multiplied given={given} room={room} />
        </div>
        <Forecasts forecasts={room.forecasts} given={given} />
        {room.street === null ? null : (
          <FairnessSection fairness={{ watermark: room.street.watermark, cards: room.street.fairness }} given={given} />
        )}
      </div>
    </>
  )
}

function AtAGlance({ room, given }: { room: BoardRoom; given: Formats }) {
  const { street } = room
  if (street === null) return <Empty title="Nobody was judged yet">Figures appear after the first look.</Empty>
  const more = room.unshown + room.multiplied.reduce((sum, { members }) => sum + members, 0)
  const { money } = given
  return (
    <Card className="p-6 sm:p-8">
      <p className="max-w-prose text-soft">{`As of ${formatDayWithYear(street.watermark, given.dates)}.`}</p>
      <dl className="mt-5 grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3">
        <Figure
          name="Members judged"
          note="counted at each shop they visit"
          value={formatCount(street.members, money)}
        />
        <Figure
          name="Want not to be known"
          note="judged nowhere, and they lose nothing"
          value={formatCount(room.optedOut, money)}
        />
        <Figure name="More points advised" note="members, by one shop at least" value={formatCount(more, money)} />
      </dl>
    </Card>
  )
}
