import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOutage, waitedInVain } from './outage.ts'

/** The answer to one who could not be served in this company after all: it is served by itself. */
export const byItself = Symbol('by itself')

export interface Company<Request, Answer> {
  /** What no two in one company may both be about, unless they join: the second goes with the next. */
  readonly about: (request: Request) => string
  /** Whether one that is about the same as the first may go along all the same. */
  readonly joins?: (first: Request, other: Request) => boolean
  /** Does them together, all or none; one answer for each, in their order. Whoever comes alone has an answer. */
  readonly together: (requests: readonly Request[]) => Promise<readonly (Answer | typeof byItself)[]>
  readonly most: number
  /** So long after one company has begun the next begins, unless somebody had to stay behind. */
  readonly paceMs: number
}

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** A company that takes longer than this is not waited for: the next begins beside it, up to so many at once. */
const patienceMs = 1_000
const mostAtOnce = 4

/**
 * Those who ask at about the same time are served in one transaction: one journey to the disk makes many durable, and
 * one question is asked for all. Whoever comes alone is served at once. What fails in company is done alone, so that
 * nobody suffers from another's fault.
 */
export function inCompany<Request, Answer>(company: Company<Request, Answer>): (request: Request) => Promise<Answer> {
  let waiting: Waiting<Request, Answer>[] = []
  let serving = false
  const underWay = new Set<Promise<void>>()
  const busy = new Set<string>()
  const begin = (few: readonly Waiting<Request, Answer>[]): Promise<void> => {
    const about = few.map(({ request }) => company.about(request))
    for (const one of about) busy.add(one)
    const work = serve(few, company).finally(() => {
      for (const one of about) busy.delete(one)
      underWay.delete(work)
    })
    underWay.add(work)
    return work
  }
  const serveAll = async (): Promise<void> => {
    serving = true
    while (waiting.length > 0) {
      const began = performance.now()
      const { few, others } = chosen(waiting, { ...company, busy })
      waiting = others
      if (few.length > 0) await Promise.race([begin(few), sleep(patienceMs)])
      if (few.length === 0 || underWay.size >= mostAtOnce) await Promise.race(underWay)
      const rest = company.paceMs - (performance.now() - began)
      if (others.length === 0 && rest > 0) await sleep(rest)
    }
    serving = false
  }
  return (request) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ request, resolve, reject })
      if (!serving) void serveAll()
    })
}

function chosen<Request, Answer>(
  waiting: readonly Waiting<Request, Answer>[],
  { about, joins, most, busy }: Company<Request, Answer> & { readonly busy: ReadonlySet<string> },
): { readonly few: Waiting<Request, Answer>[]; readonly others: Waiting<Request, Answer>[] } {
  /** Whom of those about the same one may join; null: nobody, since one has stayed behind. */
  const first = new Map<string, Request | null>([...busy].map((what) => [what, null]))
  const few: Waiting<Request, Answer>[] = []
  const others: Waiting<Request, Answer>[] = []
  for (const one of waiting) {
    const what = about(one.request)
    const before = first.get(what)
    const goes = before === undefined || (before !== null && joins?.(before, one.request) === true)
    if (few.length < most && goes) {
      few.push(one)
      if (before === undefined) first.set(what, one.request)
    } else {
      others.push(one)
      // One after the other in the order they came.
      first.set(what, null)
    }
  }
  return { few, others }
}

async function serve<Request, Answer>(
  few: readonly Waiting<Request, Answer>[],
  company: Company<Request, Answer>,
): Promise<void> {
  try {
    const answers = await company.together(few.map(({ request }) => request))
    const left = few.filter(({ resolve }, place) => {
      const answer = answers[place] as Answer | typeof byItself
      if (answer !== byItself) resolve(answer)
      return answer === byItself
    })
    for (const one of left) await serve([one], company)
  } catch (error) {
    if (few.length > 1 && !isAway(error)) for (const one of few) await serve([one], company)
    else for (const { reject } of few) reject(error)
  }
}

/** What is away is away for each of them; what one of them waited for in vain, the others need not. */
const isAway = (error: unknown): boolean => isOutage(error) && !waitedInVain(error)
