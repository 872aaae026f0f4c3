import type { Metadata } from 'next'
import { type ImportDesk, importDesk } from '#web/queries/import-desk.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { person } from '../../person.ts'
import { PastSales } from './past-sales.tsx'
import type { ShownDesk } from './shown-desk.ts'

export const metadata: Metadata = { title: 'Past sales' }

/** Points for what members bought before: a file, tried first, signed by the shop's import key in this browser. */
export default async function PastSalesPage() {
  const someone = await person()
  if (someone?.role !== 'owner') return <ComeInFirst who="owner" />
  const [desk, street, given] = await Promise.all([importDesk(someone.shop), shops(), formats()])
  const own = street.find(({ shop }) => shop === someone.shop)
  const { chainId, contracts } = network()
  const { issuance, consortium } = contracts
  return (
    <>
      <PageTitle lead="Points for what your members bought before your tills were here." title="Past sales" />
      {own === undefined || own.isCharity || own.token === null ? (
        <Empty title="Your shop gives no points">So there are no past sales to bring in.</Empty>
      ) : (
        <PastSales desk={shown(desk, given)} place={{ shop: someone.shop, chainId, issuance, consortium }} />
      )}
    </>
  )
}

function shown({ keys, asked, files }: ImportDesk, { dates }: Formats): ShownDesk {
  const now = new Date()
  const moment = (at: Date) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
  return {
    keys,
    asked: asked && { key: asked.key, budget: asked.budget, at: moment(asked.at) },
    files: files.map(({ file, name, till, rows, taken, final, refusedRows, startedAt }) => ({
      ...{ file, name, till, startedAt: moment(startedAt), standing: { rows, taken, final, refusedRows } },
    })),
  }
}
