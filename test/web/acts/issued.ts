import { type IssueAnswer, issue } from '#web/acts/issue.ts'
import { isRefusal } from '#web/acts/refusal.ts'

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

/** What a list of purchases is answered with, where it is taken. */
export async function given(body: unknown): Promise<IssueAnswer> {
  const answer = await issue(body)
  if (isRefusal(answer)) throw new Error(`refused: ${answer.refused} ${JSON.stringify(answer.facts, asText)}`)
  return answer
}

export async function refusedWith(body: unknown): Promise<string> {
  const answer = await issue(body)
  if (!isRefusal(answer)) throw new Error(`not refused: ${JSON.stringify(answer, asText)}`)
  return answer.refused
}

/** How each purchase of an answer stands. */
export const states = ({ results }: IssueAnswer): string[] =>
  results.map((one) => ('code' in one ? one.code : one.state))
