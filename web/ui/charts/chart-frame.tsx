import type { ReactNode } from 'react'
import { Card } from '../parts.tsx'
import { Sideways } from './sideways.tsx'

/** What a chart shows, row by row, for whoever reads figures better than pictures. */
export interface ChartTable {
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A chart with its title, a sentence that says what to see in it, and the table behind it. */
export function ChartFrame({
  title,
  saying,
  table,
  children,
}: {
  title: string
  saying: string
  table: ChartTable
  children: ReactNode
}) {
  return (
    <Card className="p-5 sm:p-7">
      <h2 className="font-semibold text-lg">{title}</h2>
      <p className="mt-1 text-soft">{saying}</p>
      <div className="mt-5">{children}</div>
      <TableBehind table={table} title={title} />
    </Card>
  )
}

export function TableBehind({ title, table }: { title: string; table: ChartTable }) {
  return (
    <details className="mt-4">
      <summary className="inline-flex min-h-11 items-center font-medium text-shop-text">The figures as a table</summary>
      <Sideways label={`${title}, table`}>
        <table className="w-full min-w-max border-collapse text-left text-sm">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr className="border-line border-b">
              {table.heads.map((head, place) => (
                <th
                  className={
                    place === 0 ? 'py-2 pr-3 font-medium text-soft' : 'px-3 py-2 text-right font-medium text-soft'
                  }
                  key={head}
                  scope="col"
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="figures divide-y divide-line">
            {table.rows.map(([first, ...others]) => (
              <tr key={first}>
                <th className="py-2 pr-3 font-normal" scope="row">
                  {first}
                </th>
                {others.map((cell, place) => (
                  <td className="px-3 py-2 text-right" key={`${table.heads[place + 1]}`}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </details>
  )
}
