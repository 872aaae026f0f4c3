import { Check, Clock3, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export function Card({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <section className={classes('rounded-3xl border border-line bg-card shadow-card', className)}>{children}</section>
  )
}

export function SectionTitle({ title, aside }: { title: string; aside?: ReactNode }) {
  return (
    <div className="mb-3 flex items-baseline justify-between gap-4">
      <h2 className="font-semibold text-xl">{title}</h2>
      {aside ? <div className="text-sm text-soft">{aside}</div> : null}
    </div>
  )
}

/** The top of a page: what it is, and one sentence. */
export function PageTitle({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-8 flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0">
        <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">{title}</h1>
        {lead ? <p className="mt-2 max-w-prose text-lg text-soft">{lead}</p> : null}
      </div>
      {children}
    </div>
  )
}

/** Nothing here yet, and what would change that. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-3xl border border-line-strong/50 border-dashed px-6 py-10 text-center">
      <p className="font-semibold text-lg">{title}</p>
      {children ? <div className="mx-auto mt-1.5 max-w-prose text-soft">{children}</div> : null}
    </div>
  )
}

export type Progress = 'pending' | 'final' | 'refused'

const progressWords: Record<Progress, string> = { pending: 'On its way', final: 'Done', refused: 'Refused' }

/** Where something stands, in words and a mark, never by colour alone. */
export function ProgressChip({ progress, words }: { progress: Progress; words?: string }) {
  const Icon = progress === 'final' ? Check : progress === 'pending' ? Clock3 : X
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2.5 py-0.5 font-medium text-[0.8125rem]',
        progress === 'final' && 'bg-good-soft text-good',
        progress === 'pending' && 'bg-wait-soft text-wait',
        progress === 'refused' && 'bg-bad-soft text-bad',
      )}
    >
      <Icon aria-hidden="true" className="size-3.5" strokeWidth={2.5} />
      {words ?? progressWords[progress]}
    </span>
  )
}

/** One figure with its name, as on a till roll. */
export function Figure({
  name,
  value,
  note,
  size = 'medium',
}: {
  name: string
  value: string
  note?: ReactNode
  size?: 'medium' | 'large'
}) {
  return (
    <div className="min-w-0">
      <dt className="text-soft">{name}</dt>
      <dd
        className={classes(
          'figures font-semibold tracking-tight',
          size === 'large' ? 'text-4xl sm:text-5xl' : 'text-2xl sm:text-[1.75rem]',
        )}
      >
        {value}
      </dd>
      {note ? <dd className="mt-1 text-soft text-sm">{note}</dd> : null}
    </div>
  )
}
