import { type Refusal, refuse } from './refusal.ts'

/** So many requests a second for ever, and as many more at once as have been saved up. */
export interface Limit {
  readonly name: string
  readonly perSecond: number
  readonly burst: number
}

/** What a till, and all of a shop's tills together, may ask with the shop's key or from the portal's own screens. */
export const tillLimit: Limit = { name: 'till', perSecond: 60, burst: 240 }
export const shopLimit: Limit = { name: 'shop', perSecond: 240, burst: 960 }
/** What comes without a key has only a till's signature to show for itself, and must not use up what the key has. */
export const strangerLimit: Limit = { name: 'stranger', perSecond: 30, burst: 120 }

/** Coming in, joining and going out: nobody does it often, but a whole shop may share one address. */
export const entrySourceLimit: Limit = { name: 'source', perSecond: 2, burst: 60 }
/** More than one source has, so that nobody shuts somebody else out by trying in their name. */
export const entryAccountLimit: Limit = { name: 'account', perSecond: 4, burst: 120 }
/** A till looks every second whether whoever it asked has joined, and tills of one shop share an address. */
export const invitationSourceLimit: Limit = { name: 'source', perSecond: 30, burst: 240 }

interface Bucket {
  tokens: number
  at: number
}

export interface Taken {
  /** For the headers of the answer (draft-ietf-httpapi-ratelimit-headers). */
  readonly headers: Readonly<Record<string, string>>
  /** null where the request may go on. */
  readonly refusal: Refusal | null
}

const buckets = new Map<string, Bucket>()
const mostBuckets = 20_000

/** Takes one request from each of these buckets, or from none of them. */
export function takeOne(
  wanted: readonly { readonly limit: Limit; readonly whose: string }[],
  nowMs = performance.now(),
): Taken {
  const filled = wanted.map(({ limit, whose }) => ({ limit, bucket: bucketOf(limit, whose, nowMs) }))
  const empty = filled.filter(({ bucket }) => bucket.tokens < 1)
  if (empty.length === 0) for (const { bucket } of filled) bucket.tokens -= 1
  const waits = empty.map(({ limit, bucket }) => (1 - bucket.tokens) / limit.perSecond)
  const retryAfter = Math.max(1, Math.ceil(Math.max(0, ...waits)))
  const policies = filled.map(({ limit }) => `"${limit.name}";q=${limit.burst};w=${limit.burst / limit.perSecond}`)
  const left = filled.map(({ limit, bucket }) => {
    const full = Math.ceil((limit.burst - bucket.tokens) / limit.perSecond)
    return `"${limit.name}";r=${Math.floor(bucket.tokens)};t=${full}`
  })
  const headers = { 'ratelimit-policy': policies.join(', '), ratelimit: left.join(', ') }
  if (empty.length === 0) return { headers, refusal: null }
  const [first] = empty
  const facts = { limit: first?.limit.name ?? '', perSecond: first?.limit.perSecond ?? 0, retryAfter }
  return { headers: { ...headers, 'retry-after': `${retryAfter}` }, refusal: refuse('tooOften', facts) }
}

function bucketOf({ name, perSecond, burst }: Limit, whose: string, nowMs: number): Bucket {
  const key = `${name} ${whose}`
  const known = buckets.get(key)
  if (known === undefined) {
    // Whoever comes with ever new names finds the house full, not out of memory; a forgotten bucket is a full one.
    if (buckets.size >= mostBuckets) buckets.clear()
    const fresh = { tokens: burst, at: nowMs }
    buckets.set(key, fresh)
    return fresh
  }
  const elapsedMs = Math.max(0, nowMs - known.at)
  known.tokens = Math.min(burst, known.tokens + (elapsedMs / 1000) * perSecond)
  known.at += elapsedMs
  return known
}
