'use client'

import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { Address } from 'viem'
import { type Answer, post } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useDoing } from '#web/ui/doing.ts'
import { SectionTitle } from '#web/ui/parts.tsx'
import type { ListToSign } from '#web/ui/signing/confirm-sales.tsx'
import { ConfirmSalesLater } from '#web/ui/signing/confirm-sales-later.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'

export interface ShownSales {
  /** "7 sales, 210 points for 4 members". */
  readonly sum: string
  /** When they were rung up, and by whom. */
  readonly when: string
  /** Until when the street takes them; null: for ever. */
  readonly confirmBy: string | null
  /** That time is over for some of them. */
  readonly late: boolean
  /** The owner's signature was not taken by the chain. */
  readonly signedInVain: boolean
  readonly lists: readonly (ListToSign & { readonly sales: number; readonly confirmable: boolean })[]
}

export interface ShownUnconfirmed extends ShownSales {
  readonly till: number
  readonly tillName: string
  /** The same list by list, where there are several. */
  readonly oneByOne: readonly ShownSales[]
}

interface Desk {
  readonly shop: number
  readonly issuance: Address
  readonly place: SigningPlace
}

/** A till was switched off with sales in it: they count once the owner has signed beside it, or never. */
export function UnconfirmedSales({ tills, ...desk }: Desk & { tills: readonly ShownUnconfirmed[] }) {
  return (
    <section data-testid="unconfirmed-sales">
      <SectionTitle title="Sales of a till that was switched off" />
      <p className="-mt-1 mb-4 max-w-prose text-soft">
        The till has signed them, but alone it gives no points any more. If they are yours, confirm them and the members
        get their points. If somebody had the till who should not, decline them.
      </p>
      <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
        {tills.map((one) => (
          <li className="py-5" key={one.till}>
            <p className="font-medium text-lg">{one.tillName}</p>
            <Sales {...desk} sales={one} till={one.till} />
            {one.oneByOne.length > 0 ? (
              <details className="mt-4">
                <summary className="cursor-pointer font-medium text-shop-text">
                  One by one: {one.oneByOne.length} lists
                </summary>
                <ul className="mt-2 divide-y divide-line border-line border-l-2 pl-4">
                  {one.oneByOne.map((sales) => (
                    <li className="py-4" key={sales.lists[0]?.firstSequence}>
                      <Sales {...desk} sales={sales} till={one.till} />
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Sales({ sales, till, ...desk }: Desk & { sales: ShownSales; till: number }) {
  const [sure, setSure] = useState(false)
  const { busy, sentence, doing } = useDoing()
  const { shop, place } = desk
  const { lists } = sales
  const signable = lists.filter(({ confirmable }) => confirmable).map(listToSign)
  const count = lists.reduce((sum, one) => sum + one.sales, 0)
  const decline = async () => {
    if (await doing(() => declineAll({ shop, till }, lists.map(listToSign)))) setSure(false)
  }
  return (
    <div className="mt-1">
      <p className="figures font-medium">{sales.sum}</p>
      <p className="figures text-soft text-sm">{sales.when}</p>
      <Warnings sales={sales} signable={signable.length} />
      {sure ? (
        <div className="mt-3 grid gap-3">
          <p>
            {count === 1 ? 'This sale is' : `These ${count} sales are`} refused for good: the points never come. What
            was rung up stays in your books.
          </p>
          <div className="flex flex-wrap gap-2">
            <Button disabled={busy} look="danger" onClick={decline}>
              {count === 1 ? 'Decline this sale' : `Decline ${count} sales`}
            </Button>
            <Button look="outline" onClick={() => setSure(false)}>
              Not now
            </Button>
          </div>
        </div>
      ) : (
        <div className="mt-3 flex flex-wrap items-end gap-2">
          {signable.length > 0 ? (
            <ConfirmSalesLater {...desk} lists={signable} till={till}>
              {count === 1 ? 'Confirm this sale' : 'Confirm these sales'}
            </ConfirmSalesLater>
          ) : null}
          <Button look="outline" onClick={() => setSure(true)}>
            Decline
          </Button>
        </div>
      )}
      {place.by === 'passkey' && signable.length > 1 ? (
        <p className="mt-2 text-soft text-sm">
          The till signed them as {signable.length} lists: your device asks once for each.
        </p>
      ) : null}
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </div>
  )
}

function Warnings({ sales, signable }: { sales: ShownSales; signable: number }) {
  const { confirmBy, late, signedInVain, lists } = sales
  return (
    <div className="mt-2 grid gap-1 text-wait empty:hidden">
      {confirmBy === null ? null : (
        <p className="flex items-start gap-2">
          <TriangleAlert aria-hidden="true" className="mt-1 size-4 shrink-0" />
          {late
            ? 'Some are more than seven days old. The street takes those no more; confirm, and the others still count.'
            : `Confirm by ${confirmBy}: after seven days the street takes a sale no more.`}
        </p>
      )}
      {signedInVain ? <p>The street did not take your signature the last time. Please sign again.</p> : null}
      {signable < lists.length ? (
        <p>Some stand in one list with sales that you declined, and can only be declined as well.</p>
      ) : null}
    </div>
  )
}

const listToSign = ({ firstSequence, count, head }: ListToSign): ListToSign => ({ firstSequence, count, head })

async function declineAll(
  where: { readonly shop: number; readonly till: number },
  lists: readonly ListToSign[],
): Promise<Answer<object>> {
  let last: Answer<object> = { is: 'given', value: {} }
  for (const batch of lists) {
    last = await post<object>('/api/v1/countersign/declined', { ...where, batch })
    if (last.is !== 'given') break
  }
  return last
}
