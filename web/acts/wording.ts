/** What is said about a refusal: aloud by a cashier, what to do next, and the HTTP status it travels under. */
export interface Wording {
  readonly sentence: string
  readonly advice: string
  readonly status: number
}

export function wording(status: number, sentence: string, advice: string): Wording {
  return { status, sentence, advice }
}
