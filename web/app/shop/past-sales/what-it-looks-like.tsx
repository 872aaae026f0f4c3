'use client'

import { Download } from 'lucide-react'
import { Button } from '#web/ui/button.tsx'
import { saveTable, template } from './sales-text.ts'

const columns = [
  ['member', 'the code on the member’s phone or card, or their account'],
  ['time', '2025-03-14, or with the hour: 2025-03-14T09:30 (UTC), 2025-03-14T09:30+01:00'],
  ['amount', 'money with a point: 12.50'],
  ['receipt', 'a whole number, never used twice; without this column the rows are numbered from 1'],
] as const

/** How a file has to be written, and one to begin with. */
export function WhatItLooksLike() {
  return (
    <section>
      <h2 className="mb-3 font-semibold text-xl">What the file looks like</h2>
      <dl className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {columns.map(([name, words]) => (
          <div className="grid gap-x-6 py-3 sm:grid-cols-[7rem_minmax(0,1fr)]" key={name}>
            <dt className="font-mono font-semibold">{name}</dt>
            <dd className="text-soft">{words}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-3">
        <Button look="outline" onClick={() => saveTable('past sales.csv', template)} size="large">
          <Download aria-hidden="true" className="size-5" /> Save a file to begin with
        </Button>
        <p className="max-w-prose text-soft">
          Commas, semicolons or tabs between the columns. No names: what is brought in is codes, days and amounts.
        </p>
      </div>
    </section>
  )
}
