import Link from 'next/link'
import type { Care, Level } from '#indexer/scoring/predicted-segments.ts'
import { careFor } from '#indexer/scoring/predicted-segments.ts'
import type { ShopOutlook } from '#web/queries/shop-outlook.ts'
import { TableBehind } from '#web/ui/charts/chart-frame.tsx'
import { classes } from '#web/ui/classes.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount, formatMoneyRough, moneyOfCents } from '#web/ui/money.ts'
import { Card } from '#web/ui/parts.tsx'

export const careWords: Readonly<Record<Care, string>> = {
  protect: 'Protect',
  nurture: 'Nurture',
  reward: 'Reward',
  'let go': 'Let go',
}

const levels: readonly Level[] = [1, 2, 3]
const worthWords: Readonly<Record<Level, string>> = { 1: 'Little', 2: 'Some', 3: 'Much' }
const riskWords: Readonly<Record<Level, string>> = { 1: 'Low', 2: 'Middling', 3: 'High' }

const looks: Readonly<Record<Care, string>> = {
  protect: 'bg-bad-soft text-bad',
  nurture: 'bg-wait-soft text-wait',
  reward: 'bg-good-soft text-good',
  'let go': 'bg-sunk text-soft',
}

/** What members would be worth if kept, against the risk that they are gone: nine cells, four things to do. */
export function CareMap({ cares, given }: { cares: ShopOutlook['cares']; given: Formats }) {
  const cellOf = (worth: Level, risk: Level) => {
    const found = cares.find((cell) => cell.worth === worth && cell.risk === risk)
    return found ?? { worth, risk, care: careFor(worth, risk), members: 0, value: 0n }
  }
  const rows = [...levels].reverse()
  const money = (cents: bigint) => formatMoneyRough(moneyOfCents(cents, given.money), given.money)
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">Whom to look after</h2>
      <p className="mt-1 text-soft">What members are worth if you keep them, against the risk that they are gone.</p>
      <table className="mt-5 w-full table-fixed border-separate border-spacing-1 text-center">
        <caption className="sr-only">Members by worth and risk</caption>
        <thead>
          <tr className="text-sm">
            <th className="w-16 font-normal text-soft" scope="col">
              Worth
            </th>
            {levels.map((risk) => (
              <th className="pb-1 font-normal text-soft" key={risk} scope="col">
                {riskWords[risk]} risk
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((worth) => (
            <tr key={worth}>
              <th className="text-left font-normal text-sm text-soft" scope="row">
                {worthWords[worth]}
              </th>
              {levels.map((risk) => {
                const cell = cellOf(worth, risk)
                return (
                  <td className={classes('rounded-xl p-0', looks[cell.care])} key={risk}>
                    <Link
                      className="flex min-h-18 flex-col items-center justify-center gap-0.5 rounded-xl p-2"
                      href={`/shop/members?worth=${worth}&risk=${risk}`}
                    >
                      <span className="figures font-semibold text-xl">{formatCount(cell.members, given.money)}</span>
                      <span className="font-medium text-sm">{careWords[cell.care]}</span>
                    </Link>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <TableBehind
        table={{
          heads: ['Worth and risk', 'Do', 'Members', 'Expected in a year'],
          rows: rows.flatMap((worth) =>
            levels.map((risk) => {
              const cell = cellOf(worth, risk)
              const name = `${worthWords[worth]}, ${riskWords[risk].toLowerCase()} risk`
              return [name, careWords[cell.care], formatCount(cell.members, given.money), money(cell.value)]
            }),
          ),
        }}
        title="Members by worth and risk"
      />
    </Card>
  )
}
