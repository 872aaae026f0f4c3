/** What the portal's own API answers: the thing asked for, or a refusal with a code and a sentence to read aloud. */
export type Answer<Wanted> =
  | { readonly is: 'given'; readonly value: Wanted }
  | { readonly is: 'refused'; readonly code: string; readonly sentence: string; readonly facts: Facts }
  | { readonly is: 'unreachable' }

type Facts = Readonly<Record<string, unknown>>

const PATIENCE_MILLISECONDS = 20_000

/** How it is asked, where that matters. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>
  readonly patienceMilliseconds?: number
  /** Told what the portal's clock said, in milliseconds. */
  readonly onTime?: (portalTime: number) => void
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(...candidates: readonly unknown[]): string | null {
  for (const candidate of candidates) if (typeof candidate === 'string' && candidate !== '') return candidate
  return null
}

async function send<Wanted>(path: string, init: RequestInit, asking: Asking): Promise<Answer<Wanted>> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(path, {
      ...init,
      headers: { ...init.headers, ...asking.headers },
      cache: 'no-store',
      signal: AbortSignal.timeout(asking.patienceMilliseconds ?? PATIENCE_MILLISECONDS),
    })
    body = await response.json()
  } catch {
    return { is: 'unreachable' }
  }
  const portalTime = Date.parse(response.headers.get('date') ?? '')
  if (Number.isFinite(portalTime)) asking.onTime?.(portalTime)
  if (response.ok) return { is: 'given', value: body as Wanted }
  if (response.status >= 500) return { is: 'unreachable' }
  const facts = isFacts(body) ? body : {}
  return {
    is: 'refused',
    code: textOf(facts['code']) ?? `status${response.status}`,
    sentence: textOf(facts['sentence'], facts['detail'], facts['title']) ?? 'That could not be done.',
    facts,
  }
}

export function askFor<Wanted>(path: string, asking: Asking = {}): Promise<Answer<Wanted>> {
  return send(path, { headers: { accept: 'application/json' } }, asking)
}

/** bigint goes over as digits. */
export function post<Wanted>(path: string, body: unknown, asking: Asking = {}): Promise<Answer<Wanted>> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  }
  return send(path, init, asking)
}

/** Takes away what stands at that address. */
export function remove<Wanted>(path: string): Promise<Answer<Wanted>> {
  return send(path, { method: 'DELETE', headers: { accept: 'application/json' } }, {})
}

/** What to say when the portal did not answer at all. */
export const UNREACHABLE_SENTENCE = 'The street cannot be reached just now. Nothing was lost; please try again.'

/** What to say where it was not given. */
export const whyNot = (answer: Exclude<Answer<unknown>, { is: 'given' }>): string =>
  answer.is === 'refused' ? answer.sentence : UNREACHABLE_SENTENCE
