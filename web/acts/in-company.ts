import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { isOutage } from './outage.ts'

export interface Company<Request, Answer> {
  /** What no two in one company may both be about: the second goes with the next. */
  readonly about: (request: Request) => string
  /** Does them together, all or none; one answer for each, in their order. */
  readonly together: (requests: readonly Request[]) => Promise<readonly Answer[]>
  readonly most: number
  /** So long after one company has begun the next begins, unless somebody had to stay behind. */
  readonly paceMs: number
}

interface Waiting<Request, Answer> {
  readonly request: Request
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Those who ask at about the same time are served in one transaction: one journey to the disk makes many durable, and
 * one question is asked for all. Whoever comes alone is served at once. What fails in company is done alone, so that
 * nobody suffers from another's fault.
 */
export function inCompany<Request, Answer>(company: Company<Request, Answer>): (request: Request) => Promise<Answer> {
  let waiting: Waiting<Request, Answer>[] = []
  let serving = false
  const serveAll = async (): Promise<void> => {
    serving = true
    while (waiting.length > 0) {
      const began = performance.now()
      const { few, others } = chosen(waiting, company)
      waiting = others
      await serve(few, company)
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
  { about, most }: Company<Request, Answer>,
): { readonly few: Waiting<Request, Answer>[]; readonly others: Waiting<Request, Answer>[] } {
  const taken = new Set<string>()
  const few: Waiting<Request, Answer>[] = []
  const others: Waiting<Request, Answer>[] = []
  for (const one of waiting) {
    const what = about(one.request)
    if (few.length < most && !taken.has(what)) few.push(one)
    else others.push(one)
    // Also of those who stay behind: one after the other in the order they came.
    taken.add(what)
  }
  return { few, others }
}

async function serve<Request, Answer>(
  few: readonly Waiting<Request, Answer>[],
  company: Company<Request, Answer>,
): Promise<void> {
  try {
    const answers = await company.together(few.map(({ request }) => request))
    few.forEach(({ resolve }, place) => {
      resolve(answers[place] as Answer)
    })
  } catch (error) {
    if (few.length > 1 && !isOutage(error)) for (const one of few) await serve([one], company)
    else for (const { reject } of few) reject(error)
  }
}
