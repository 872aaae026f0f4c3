'use client'

import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { askFor } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { useFormats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { Card, ProgressChip } from '#web/ui/parts.tsx'
import { csvLine } from '../../csv.ts'
import { bringIn, type Ended, type ImportPlace, type ImportRows, type ImportTold, importPath } from './bring-in.ts'
import type { KeyHere } from './import-key.ts'
import { saveTable } from './sales-text.ts'
import type { ShownFile } from './shown-desk.ts'

/** How far a file has come. Where this browser holds its key it goes on by itself, also after a reload. */
export function FileCard({
  shown,
  held,
  place,
  onOver,
}: {
  shown: ShownFile
  held: KeyHere | null
  place: ImportPlace
  onOver: () => void
}) {
  const { money } = useFormats()
  const { told, silent, ended, goOn } = useBringing({ shown, held, place, onOver })
  const { rows, taken, final, refusedRows } = told
  const open = rows - taken
  const state = open > 0 ? 'pending' : final + refusedRows < rows ? 'pending' : refusedRows > 0 ? 'refused' : 'final'
  return (
    <Card className="p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <h3 className="break-words font-semibold text-lg">{shown.name}</h3>
          <p className="figures text-soft text-sm">{shown.startedAt}</p>
        </div>
        <ProgressChip progress={state} words={chipWords(told)} />
      </div>
      <Bar told={told} />
      <p className="figures mt-2" role="status">
        {formatCount(taken, money)} of {formatCount(rows, money)} sales are in. {formatCount(final, money)} have their
        points{refusedRows > 0 ? `, ${formatCount(refusedRows, money)} were refused` : ''}.
      </p>
      <p className="mt-1 text-soft empty:hidden">{wayWords({ told, held, silent, ended })}</p>
      {ended?.is === 'stopped' ? (
        <div className="mt-3 rounded-2xl bg-bad-soft px-4 py-3" role="alert">
          <p className="text-bad">{ended.sentence}</p>
          <Button className="mt-2" look="outline" onClick={goOn}>
            Go on
          </Button>
        </div>
      ) : null}
      <Refused told={told} name={shown.name} />
    </Card>
  )
}

function chipWords({ rows, taken, final, refusedRows }: ImportRows): string {
  if (taken < rows) return 'Coming in'
  if (final + refusedRows < rows) return 'On their way'
  return refusedRows > 0 ? `${refusedRows} refused` : 'Done'
}

function wayWords({
  told: { rows, taken, final, refusedRows },
  held,
  silent,
  ended,
}: {
  told: ImportRows
  held: KeyHere | null
  silent: boolean
  ended: Ended | null
}): string | null {
  if (taken < rows && held === null) return 'It goes on in the browser that holds its key: open this page there.'
  if (taken < rows && silent) return 'The street does not answer just now. It goes on by itself when it does.'
  if (taken < rows && ended?.is !== 'stopped')
    return 'Leave this page open. If you close it, it goes on when you are back.'
  if (taken < rows || final + refusedRows >= rows) return null
  return 'You may close this page: the rest happens by itself. What your reserve does not carry yet waits for it.'
}

function Bar({ told: { rows, taken, final, refusedRows } }: { told: ImportRows }) {
  const share = (count: number) => `${rows === 0 ? 0 : Math.floor((count / rows) * 100)}%`
  return (
    <div
      aria-label="Sales that are in"
      aria-valuemax={rows}
      aria-valuemin={0}
      aria-valuenow={taken}
      className="relative mt-4 h-3 overflow-hidden rounded-full bg-sunk"
      role="progressbar"
    >
      <div className="absolute inset-y-0 left-0 bg-shop-edge transition-[width]" style={{ width: share(taken) }} />
      <div
        className="absolute inset-y-0 left-0 bg-shop transition-[width]"
        style={{ width: share(Math.min(final + refusedRows, taken)) }}
      />
    </div>
  )
}

const MOST_SHOWN = 5

function Refused({ told: { refused, refusedRows }, name }: { told: ImportTold; name: string }) {
  if (refusedRows === 0 || refused.length === 0) return null
  const save = () =>
    saveTable(`refused of ${name.replace(/\.[a-z]{1,4}$/i, '')}.csv`, [
      csvLine(['row', 'receipt', 'why', 'code']),
      ...refused.map(({ row, sequence, sentence, code }) => csvLine([`${row}`, sequence, sentence, code])),
    ])
  return (
    <div className="mt-3">
      <ul className="divide-y divide-line">
        {refused.slice(0, MOST_SHOWN).map(({ row, sentence }) => (
          <li className="grid gap-x-4 py-2 sm:grid-cols-[7rem_minmax(0,1fr)]" key={row}>
            <span className="figures font-medium">Row {row}</span>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
      <Button className="mt-2" look="outline" onClick={save}>
        <Download aria-hidden="true" className="size-4" /> Save the refused
      </Button>
    </div>
  )
}

const LOOK_AGAIN_MILLISECONDS = 1_500

/** Signs and posts what is missing where the key is here, and looks how far the file is until all of it is through. */
function useBringing({ shown, held, place, onOver }: Parameters<typeof FileCard>[0]) {
  const [told, setTold] = useState<ImportTold>({ ...shown.standing, refused: [] })
  const [silent, setSilent] = useState(false)
  const [ended, setEnded] = useState<Ended | null>(null)
  const [round, setRound] = useState(0)
  const { file, till } = shown
  const account = held?.till === till ? held.account : null
  const began = useRef(told)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is the wish to go on after a stop
  useEffect(() => {
    const { rows, taken } = began.current
    if (account === null || taken >= rows) return
    let over = false
    const onStep = (step: 'silent' | { readonly taken: number }) => {
      setSilent(step === 'silent')
      if (step === 'silent') return
      setTold((before) => ({ ...before, taken: Math.min(before.rows, before.taken + step.taken) }))
    }
    const run = async () => {
      // One window of a shop at a time, one file after the other.
      const work = () => bringIn({ place, file, key: { till, account }, onStep, goesOn: () => !over })
      const end = await navigator.locks.request(`bring in at shop ${place.shop}`, work)
      if (!over) setEnded(end)
    }
    run().catch(() => setEnded({ is: 'stopped', sentence: 'This browser could not sign.' }))
    return () => {
      over = true
    }
  }, [account, file, till, place.shop, round])
  useStanding(file, told, setTold, onOver)
  const goOn = () => {
    setEnded(null)
    setRound((before) => before + 1)
  }
  return { told, silent, ended, goOn }
}

const isThrough = ({ rows, final, refusedRows }: ImportRows): boolean => final + refusedRows >= rows

/** Asks how far the file is, until nothing more can happen. */
function useStanding(file: string, told: ImportTold, setTold: (told: ImportTold) => void, onOver: () => void): void {
  const through = isThrough(told) && told.refused.length >= Math.min(told.refusedRows, 1)
  const overBefore = useRef(isThrough(told))
  useEffect(() => {
    if (through) {
      if (!overBefore.current) onOver()
      overBefore.current = true
      return
    }
    let over = false
    let timer: ReturnType<typeof setTimeout>
    const look = async () => {
      const answer = await askFor<ImportTold>(importPath(file))
      if (over) return
      if (answer.is === 'given') setTold(answer.value)
      timer = setTimeout(look, LOOK_AGAIN_MILLISECONDS)
    }
    timer = setTimeout(look, overBefore.current ? 0 : LOOK_AGAIN_MILLISECONDS)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [file, through, setTold, onOver])
}
