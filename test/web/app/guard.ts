import type { LivingStreet } from '#test/support/living-street.ts'

/** Whose session a request comes with: one of two shoppers, the owner or a till of shop 1, or nobody's. */
export type Comer = 'anna' | 'ben' | 'owner' | 'till' | 'nobody'

/** One request somebody might try, and what they must be told. */
export interface Attempt {
  readonly as: Comer
  readonly what: string
  readonly body?: (street: LivingStreet) => Promise<object> | object
  readonly params?: Readonly<Record<string, string>>
  readonly query?: string
  readonly told: number | string
}

export type Guard =
  /** Answers from what belongs to nobody, or only lets somebody in. */
  | { readonly by: 'nothing'; readonly because: string }
  /** Does only what is signed by whom it is about, whoever brings it. */
  | { readonly by: 'signature'; readonly because: string; readonly attempts: readonly Attempt[] }
  /** Looks at the session, and never at an account that the request names. */
  | { readonly by: 'session'; readonly attempts: readonly Attempt[] }

export const only = (told: number | string, ...who: Comer[]): Attempt[] =>
  who.map((as) => ({ as, what: 'comes without being one', told, body: () => ({}) }))
