'use client'

import { FileUp } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { type Answer, post, whyNot } from '#web/ui/ask.ts'
import { buttonClasses } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatPoints } from '#web/ui/money.ts'
import { SectionTitle } from '#web/ui/parts.tsx'
import { type Checked, DryRun } from './dry-run.tsx'
import type { KeyHere } from './import-key.ts'
import { textOf } from './sales-text.ts'

interface Told extends Omit<Checked, 'points' | 'budget'> {
  readonly points: string
  readonly budget: string | null
}

type Stage =
  | { readonly at: 'choosing'; readonly sentence: string | null }
  | { readonly at: 'trying'; readonly name: string }
  | { readonly at: 'tried'; readonly name: string; readonly csv: string; readonly checked: Checked }

const MOST_BYTES = 12_000_000
const PATIENCE = { patienceMilliseconds: 180_000 }

/** Chooses a file and tries it: nothing is kept and nothing given until the owner says so. */
export function ChooseFile({
  shop,
  heldKey,
  onNeeded,
  onStarted,
}: {
  shop: number
  /** null: no key yet; a file can be tried all the same. */
  heldKey: KeyHere | null
  onNeeded: (points: bigint | null) => void
  onStarted: () => void
}) {
  const { money } = useFormats()
  const [stage, setStage] = useState<Stage>({ at: 'choosing', sentence: null })
  const again = (sentence: string | null = null) => {
    onNeeded(null)
    setStage({ at: 'choosing', sentence })
  }
  const till = heldKey === null ? {} : { till: heldKey.till }
  const tried = async (file: File) => {
    const { name } = file
    if (file.size > MOST_BYTES) return again('That file is larger than 12 MB. Split it, one year each, say.')
    setStage({ at: 'trying', name })
    const csv = textOf(new Uint8Array(await file.arrayBuffer()))
    const answer = await post<Told>('/api/v1/imports/check', { shop, ...till, name, csv }, PATIENCE)
    if (answer.is !== 'given') return again(sentenceOf(answer))
    const { points, budget, ...rest } = answer.value
    const checked = { ...rest, points: BigInt(points), budget: budget === null ? null : BigInt(budget) }
    onNeeded(checked.points)
    setStage({ at: 'tried', name, csv, checked })
  }
  if (stage.at === 'tried') {
    const { name, csv, checked } = stage
    const start = async () => {
      const answer = await post<object>('/api/v1/imports', { shop, ...till, name, csv }, PATIENCE)
      if (answer.is !== 'given') return sentenceOf(answer)
      again()
      onStarted()
      return null
    }
    return <DryRun checked={checked} hasKey={heldKey !== null} name={name} onAnother={() => again()} start={start} />
  }
  return (
    <section>
      <SectionTitle title="Bring in a file" />
      <p className="-mt-1 mb-4 max-w-prose text-soft">
        Choose it, and see what it would do. Nothing happens before you say so.
        {heldKey ? ` Your import key may still give ${formatPoints(heldKey.left, money)}.` : null}
      </p>
      <FileField busy={stage.at === 'trying' ? stage.name : null} onChosen={tried} />
      <p className="mt-2 text-bad empty:hidden" role="alert">
        {stage.at === 'choosing' ? stage.sentence : null}
      </p>
    </section>
  )
}

function sentenceOf(answer: Exclude<Answer<unknown>, { is: 'given' }>): string {
  return whyNot(answer)
}

function FileField({ busy, onChosen }: { busy: string | null; onChosen: (file: File) => void }) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const chosen = () => {
    const [file] = field.current?.files ?? []
    if (file) onChosen(file)
  }
  return (
    <div
      className={classes(
        'rounded-3xl border-2 border-line-strong/50 border-dashed px-6 py-9 text-center',
        'focus-within:border-shop',
      )}
    >
      <input
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        className="peer sr-only"
        disabled={busy !== null}
        id={id}
        onChange={chosen}
        ref={field}
        type="file"
      />
      <label
        className={buttonClasses(
          'solid',
          'huge',
          'cursor-pointer peer-focus-visible:outline-3 peer-focus-visible:outline-offset-3',
        )}
        htmlFor={id}
      >
        <FileUp aria-hidden="true" className="size-6" /> {busy === null ? 'Choose the file' : 'One moment'}
      </label>
      <p className="mt-3 text-soft" role="status">
        {busy === null ? 'A CSV, as every till program and spreadsheet can save it' : `Trying ${busy}`}
      </p>
    </div>
  )
}
