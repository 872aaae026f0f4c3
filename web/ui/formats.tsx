'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { DateFormat } from './dates.ts'
import type { MoneyFormat } from './money.ts'

export interface Formats {
  readonly money: MoneyFormat
  readonly dates: DateFormat
}

const Given = createContext<Formats | null>(null)

export function FormatsProvider({ formats, children }: { formats: Formats; children: ReactNode }) {
  return <Given value={formats}>{children}</Given>
}

/** The formats the page was made with, so that server and browser write the same figure. */
export function useFormats(): Formats {
  const formats = useContext(Given)
  if (!formats) throw new Error('useFormats is asked outside FormatsProvider')
  return formats
}
