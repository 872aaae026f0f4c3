import type { Artifact } from '@nomicfoundation/edr'
import type { RunOptions } from '../solidity/runner.ts'

/** What a process of its own needs to know before it tries mutants. */
export interface Equipment {
  readonly artifacts: readonly Artifact[]
  readonly options: Omit<RunOptions, 'patch' | 'onHits'>
}

/** A suite and how long it may take: many times what it takes by itself. */
export interface TimedSuite {
  readonly name: string
  readonly mostSeconds: number
}

/** One mutant and the suites it has to pass, in order. */
export interface Trial {
  readonly number: number
  readonly suites: readonly TimedSuite[]
  /** A pattern of the tests that count; all where nothing is said. */
  readonly only?: string
}

export interface Verdict {
  /** The first test that failed; none where the mutant survived. */
  readonly failed?: { readonly suite: string; readonly test: string; readonly reason: string } | undefined
}

/** What a process that tries mutants says: which suite it begins, and at last what came of them. */
export type Told = { readonly begins: number } | { readonly verdict: Verdict }
