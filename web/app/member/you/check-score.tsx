'use client'

import { Check, Download, X } from 'lucide-react'
import { useState } from 'react'
import { askFor, UNREACHABLE_SENTENCE } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import type { ProofGiven } from './leads-to-root.ts'

type Shown =
  | { readonly is: 'nothing' }
  | { readonly is: 'said'; readonly sentence: string }
  | { readonly is: 'checked'; readonly holds: boolean; readonly given: ProofGiven }

/** Shows that what a shop says of a member was fixed on the chain beforehand; the browser works it out itself. */
export function CheckScore({ shop, shopName }: { shop: number; shopName: string }) {
  const [shown, setShown] = useState<Shown>({ is: 'nothing' })
  const [busy, setBusy] = useState(false)
  const check = async () => {
    setBusy(true)
    setShown(await checked(shop))
    setBusy(false)
  }
  return (
    <div className="mt-2">
      {shown.is === 'checked' ? (
        <Checked given={shown.given} holds={shown.holds} shop={shop} />
      ) : (
        <Button aria-label={`Check it: ${shopName}`} disabled={busy} look="outline" onClick={check} type="button">
          Check it
        </Button>
      )}
      <p aria-live="polite" className="mt-1 text-soft text-sm empty:hidden">
        {shown.is === 'said' ? shown.sentence : null}
      </p>
    </div>
  )
}

async function checked(shop: number): Promise<Shown> {
  const answer = await askFor<ProofGiven>(`/api/member/score?shop=${shop}`)
  if (answer.is === 'unreachable') return { is: 'said', sentence: UNREACHABLE_SENTENCE }
  if (answer.is === 'refused') return { is: 'said', sentence: answer.sentence }
  const { leadsToRoot } = await import('./leads-to-root.ts')
  return { is: 'checked', holds: leadsToRoot(answer.value), given: answer.value }
}

function Checked({ given, holds, shop }: { given: ProofGiven; holds: boolean; shop: number }) {
  const { run, block, score, root } = given
  const file = `data:application/json;charset=utf-8,${encodeURIComponent(`${JSON.stringify(given, null, 2)}\n`)}`
  return (
    <div className="rounded-2xl bg-sunk px-4 py-3" data-proof={holds ? 'holds' : 'differs'}>
      <p className="flex items-center gap-2 font-medium" role="status">
        {holds ? (
          <Check aria-hidden="true" className="size-5 text-good" strokeWidth={2.5} />
        ) : (
          <X aria-hidden="true" className="size-5 text-bad" strokeWidth={2.5} />
        )}
        {holds ? 'It was fixed on the chain before anybody acted by it' : 'It does not lead to what is on the chain'}
      </p>
      <p className="figures mt-1 text-soft text-sm">
        {`Run ${run}, as of block ${block}: likely to come again ${(score.alivePpm / 10_000).toFixed(2)} %, `}
        {`${(Number(score.purchasesMillionths) / 1_000_000).toFixed(2)} visits and `}
        {`${(Number(score.valueMinor) / 100).toFixed(2)} to be expected in a year.`}
      </p>
      <p className="mt-1 break-all font-mono text-soft text-xs">{`root ${root}`}</p>
      <a
        className="mt-1 inline-flex min-h-11 items-center gap-2 font-medium text-shop-text underline underline-offset-4"
        download={`score-at-shop-${shop}.json`}
        href={file}
      >
        <Download aria-hidden="true" className="size-4" /> Take the proof with you
      </a>
    </div>
  )
}
