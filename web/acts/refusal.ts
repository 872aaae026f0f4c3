import { type RefusalCode, wordingOf } from './sentences.ts'

/** Something was not done, and why. Facts are what a program or a person needs to do better. */
export interface Refusal {
  readonly refused: RefusalCode
  readonly facts: Facts
}

export type Fact = string | number | bigint | null | readonly Fact[] | { readonly [name: string]: Fact }
export type Facts = { readonly [name: string]: Fact }

export function refuse(refused: RefusalCode, facts: Facts = {}): Refusal {
  return { refused, facts }
}

export function isRefusal(answer: object): answer is Refusal {
  return 'refused' in answer && 'facts' in answer
}

/** How a refusal of one thing among several is told. */
export function refusedState(code: string, facts: Facts = {}) {
  const { sentence, advice } = wordingOf(code)
  return { state: 'refused', code, sentence, advice, ...facts } as const
}
