/** Something only the person at the keyboard can put right; the message is the one sentence they are shown. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
}

/** The sentence for whatever went wrong: ours as it stands, a bug with enough to find it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && (error.name === 'Complaint' || error.name === 'DatabaseUnusable')) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
