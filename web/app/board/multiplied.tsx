import { type BoardRoom, leastShown } from '#web/queries/board-room.ts'
import { LyingBars } from '#web/ui/charts/lying-bars.tsx'
import type { Formats } from '#web/ui/formats.tsx'
import { membersWords, multiplierWords } from '#web/ui/offer-words.ts'
import { Card } from '#web/ui/parts.tsx'

/** How many members are advised more points than everybody gets, by how many and on which grounds. */
export function Multiplied({ room, given }: { room: BoardRoom; given: Formats }) {
  const times = new Intl.NumberFormat(given.money.locale, { maximumFractionDigits: 2 })
  const { multiplied, grounds, unshown } = room
  const bar = (label: string, members: number) => ({ label, value: members, shown: membersWords(members, given.money) })
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Who is advised more points</h2>
      <p className="mt-1 text-soft">
        Members of the whole street, each once, by the most that any shop is advised to give them.
      </p>
      {multiplied.length === 0 ? (
        <p className="mt-4 text-soft">{`No ${leastShown} members have the same.`}</p>
      ) : (
        <div className="mt-5 grid gap-6">
          <LyingBars
            bars={multiplied.map(({ percent, members }) => bar(multiplierWords(percent, times), members))}
            title="Members by how many more points"
          />
          <div>
            <h3 className="mb-3 font-medium">On which grounds; a member may have several</h3>
            <LyingBars
              bars={grounds.map(({ words, members }) => bar(words, members))}
              title="Members by the grounds for more points"
            />
          </div>
        </div>
      )}
      {unshown === 0 ? null : (
        <p className="mt-4 text-soft text-sm">
          {`Not shown: ${membersWords(unshown, given.money)} in groups of fewer than ${leastShown}.`}
        </p>
      )}
    </Card>
  )
}
