import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { sharedFile } from '#test/support/shared-data.ts'

/** One published case; its inputs and expectations are as various as its sources. */
export interface ReferenceCase {
  readonly id: string
  // biome-ignore lint/suspicious/noExplicitAny: every case has a shape of its own
  readonly inputs: any
  // biome-ignore lint/suspicious/noExplicitAny: every case has a shape of its own
  readonly expected: any
  readonly tol: { readonly abs?: number | Readonly<Record<string, number>>; readonly rel?: number }
}

export const referenceFile = sharedFile('reference-values.json')

export function referenceCases(): ReadonlyMap<string, ReferenceCase> {
  if (referenceFile.path === undefined) return new Map()
  const { cases } = JSON.parse(readFileSync(referenceFile.path, 'utf8')) as { cases: ReferenceCase[] }
  return new Map(cases.map((one) => [one.id, one]))
}

/** A value passes where one of the case's tolerances holds. */
export function expectWithin({ tol }: Pick<ReferenceCase, 'tol'>, found: number, expected: number, name: string): void {
  const absolute = typeof tol.abs === 'object' ? tol.abs[name] : tol.abs
  const allowed = [absolute ?? 0, (tol.rel ?? 0) * Math.abs(expected)]
  const off = Math.abs(found - expected)
  expect(off, `${name}: ${found}, expected ${expected}`).toBeLessThanOrEqual(Math.max(...allowed))
}

/** The same for a list. */
export function expectAll(one: ReferenceCase, found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length)
  for (const [index, value] of found.entries()) expectWithin(one, value, expected[index] as number, String(index))
}
