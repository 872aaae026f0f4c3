import { type Limit, type Taken, takeOne } from '#web/acts/rate-limits.ts'
import { type Refusal, refuse } from '#web/acts/refusal.ts'
import { answering, answeringPost, problem } from './answer.ts'
import { sourceOf } from './source.ts'
import { foreignRefusal } from './told.ts'

/** How often one source may ask, and one account from wherever. */
export interface Counting {
  readonly perSource: Limit
  readonly perAccount: Limit
}

/** Takes a request from an account's bucket; a refusal where that is empty. */
export type CountFor = (account: string) => Refusal | null

/**
 * A POST that is counted: by where it comes from before anything is looked at, then by the account it is about, which
 * the act names as soon as it knows. The headers of the answer say how much is left.
 */
export async function countedPost(
  request: Request,
  counting: Counting,
  act: (body: unknown, countFor: CountFor) => Promise<object>,
): Promise<Response> {
  // What another site's page tries uses up nothing of this browser's own.
  const foreign = foreignRefusal(request)
  if (foreign) return problem(foreign)
  return await counted(request, counting, (countFor) => answeringPost(request, (body) => act(body, countFor)))
}

/** The same for what is only read. */
export async function countedGet(
  request: Request,
  counting: Counting,
  act: (countFor: CountFor) => Promise<object>,
): Promise<Response> {
  return await counted(request, counting, (countFor) => answering(() => act(countFor)))
}

async function counted(
  request: Request,
  { perSource, perAccount }: Counting,
  answer: (countFor: CountFor) => Promise<Response>,
): Promise<Response> {
  const taken = [takeOne([{ limit: perSource, whose: sourceOf(request.headers) }])]
  const countFor: CountFor = (account) => {
    const one = takeOne([{ limit: perAccount, whose: account }])
    taken.push(one)
    return tooManyTries(one)
  }
  const refusal = tooManyTries(taken[0])
  const response = refusal ? problem(refusal) : await answer(countFor)
  for (const { headers } of taken) {
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'retry-after') response.headers.set(name, value)
      else response.headers.append(name, value)
    }
  }
  return response
}

/** People are told in other words than programs. */
const tooManyTries = (taken: Taken | undefined): Refusal | null =>
  taken?.refusal ? refuse('tooManyTries', taken.refusal.facts) : null
