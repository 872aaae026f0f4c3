import 'server-only'
import { hash } from 'node:crypto'
import type pg from 'pg'
import { batchDigest, bytesOfEntry } from '#contracts/digests.ts'
import { issueRequest } from '#contracts/till-api/requests.ts'
import { askOver } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { type CardStanding, cardFault, cardsAmong } from './cards.ts'
import { type Asked, grownLists } from './grown-lists.ts'
import { byItself, inCompany } from './in-company.ts'
import { type Standing, standingOf } from './intent-state.ts'
import { keySigned } from './key-signature.ts'
import { balancesOf } from './member-balance.ts'
import {
  beginWithTills,
  type KeptList,
  type KeptPurchase,
  keptLists,
  type MirroredPurchase,
  type NewList,
  type NewPurchase,
  type Purchase,
  sameContent,
  storeLists,
} from './purchase-books.ts'
import { beginning, checkRunningHash, type SignedList } from './purchase-list.ts'
import { type Facts, isRefusal, type Refusal, refuse, refusedState } from './refusal.ts'
import type { RefusalCode } from './sentences.ts'
import { actingTills, notGiving, type Till } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

export type PurchaseAnswer = { readonly sequence: bigint; readonly points: bigint } & (
  | Exclude<Standing, { state: 'refused' }>
  | ReturnType<typeof refusedState>
)

export interface IssueAnswer {
  readonly results: readonly PurchaseAnswer[]
  /** Only where all purchases are one member's. */
  readonly member?: { readonly address: string; readonly balance: bigint; readonly spendable: bigint }
}

/** When it comes, and who stands at the till; null where the shop keeps no cashiers. */
export interface By {
  readonly now?: Date
  readonly cashier?: number | null
}

const saleAgeSeconds = 7 * 86_400
const clockAheadSeconds = 600

/** Gives points for purchases: durable when this answers, on the chain soon after. */
export async function issue(
  input: unknown,
  { now = new Date(), cashier = null }: By = {},
): Promise<IssueAnswer | Refusal> {
  const request = read(issueRequest, input)
  if (isRefusal(request)) return request
  const { shop, till, batch, entries } = request
  const { firstSequence: first, ...signed } = batch
  return await issueInCompany({ list: { shop, till, first, ...signed }, come: entries, now, cashier })
}

// Purchases of one till come one after the other anyway: its list grows by each. What a till has sent meanwhile of one
// list is one longer list, so whoever has to wait makes less work, not more.
const issueInCompany = inCompany<Asked, IssueAnswer | Refusal>({
  about: ({ list }) => `${list.shop} ${list.till}`,
  joins: (one, other) => one.list.first === other.list.first && one.cashier === other.cashier,
  together: (asked) => inTransaction((client) => keepAll(client, asked), beginWithTills(asked.map(({ list }) => list))),
  most: 256,
  paceMs: 20,
})

type Answer = IssueAnswer | Refusal | typeof byItself

async function keepAll(client: pg.PoolClient, asked: readonly Asked[]): Promise<Answer[]> {
  const members = asked.flatMap(({ come }) => come.map(({ member }) => member))
  const cards = await cardsAmong(client, members, { lock: 'locked' })
  const grown = grownLists(asked, { pieces: cards.size === 0 })
  const tills = await actingTills(
    client,
    grown.map(({ whole: { list } }) => list),
  )
  const lists = await keptLists(
    client,
    grown.map(({ whole: { list, come } }) => ({ ...list, come: come[0]?.sequence ?? list.first })),
  )
  const kept = grown.map(({ whole }, place) => keep(whole, { till: tills[place], known: lists[place], cards }))
  await storeLists(
    client,
    kept.flatMap((one) => (isRefusal(one) || one.store === null ? [] : [one.store])),
  )
  const told = grown.flatMap(({ parts }, place) => parts.map((part) => partOf(part, kept[place], parts.length)))
  const answers = await withBalances(client, told)
  const byAsked = new Map<Asked, Answer | undefined>(told.map(({ asked: one }, place) => [one, answers[place]]))
  return asked.map((one): Answer => byAsked.get(one) ?? byItself)
}

interface Told {
  readonly asked: Asked
  readonly kept: Kept | Refusal | typeof byItself
}

/** What of a list's answer is the answer to one of its pieces. A refusal of the whole may not be each one's. */
function partOf(asked: Asked, kept: Kept | Refusal = refuse('unknownTill'), pieces: number): Told {
  if (isRefusal(kept)) return { asked, kept: pieces === 1 ? kept : byItself }
  const numbers = new Set(asked.come.map(({ sequence: number }) => number))
  return { asked, kept: { ...kept, results: kept.results.filter(({ sequence: number }) => numbers.has(number)) } }
}

interface Kept {
  readonly results: readonly PurchaseAnswer[]
  /** null where nothing is new. */
  readonly store: NewList | null
}

interface KnownOfList {
  readonly till: Till | Refusal | undefined
  readonly known: KeptList | undefined
  readonly cards: ReadonlyMap<Hex, CardStanding>
}

/** What becomes of one list, given what is known of it; nothing is written here. */
function keep(
  { list, come, now, cashier }: Asked,
  { till = refuse('unknownTill'), known, cards }: KnownOfList,
): Kept | Refusal {
  if (isRefusal(till)) return till
  const idle = notGiving(till)
  if (idle) return idle
  if (known === undefined) throw new Error('a list of which nothing was asked')
  const { soFar, kept, mirrored } = known
  const fault = checkRunningHash(list, soFar, { kept: beginning(list, kept, come.length), come })
  if (fault) return fault
  const { chainId, contracts } = network()
  if (!keySigned(till.key, batchDigest(list, { chainId, contract: contracts.issuance }), list.signature)) {
    return refuse('badTillSignature', { shop: list.shop, till: list.till })
  }
  const all = { till, list, kept, mirrored, finalBlock: soFar.finalBlock, now }
  const judged = judge(all, come)
  const early = conflictsTooEarly(all, judged)
  if (early.length > 0) return refuse('receiptConflict', { shop: list.shop, till: list.till, sequences: early })
  const results = judged.map(({ answer }) => answer)
  const card = atTheCounter(judged, cards)
  if (card) return card
  // A beginning of what is kept adds nothing to it.
  if (list.count <= soFar.count) return { results, store: null }
  const { shop, till: number, first: batch, ...signed } = list
  const purchases = judged.flatMap(({ store }) => (store ? [store] : []))
  return { results, store: { shop, till: number, batch, at: now, cashier, purchases, signed } }
}

/**
 * A card that is full or has been claimed takes no more at a counter: the till gives the next sale another number. The
 * chain knows no cards, so a list that comes later with all its sales is taken as it is.
 */
function atTheCounter(judged: readonly Judged[], cards: KnownOfList['cards']): Refusal | null {
  const [only, ...more] = judged
  if (cards.size === 0 || more.length > 0 || only?.store?.state !== 'open') return null
  return cardFault(cards.get(only.store.member), only.store.points)
}

/** The answers, with the balance of the member where all purchases are one member's. */
async function withBalances(client: pg.PoolClient, told: readonly Told[]): Promise<Answer[]> {
  const answers = told.map(({ asked: { list }, kept }): Answer => {
    if (kept === byItself || isRefusal(kept)) return kept
    const { results } = kept
    const conflicts = results.every((result) => result.state === 'refused' && result.code === 'receiptConflict')
    if (!conflicts) return { results }
    const { shop, till } = list
    return refuse('receiptConflict', { shop, till, sequences: results.map(({ sequence: number }) => number) })
  })
  const only = told.map(({ asked: { come } }, place) => {
    const [first, ...more] = come
    const answer = answers[place]
    if (answer === undefined || answer === byItself || isRefusal(answer)) return null
    return first !== undefined && more.every(({ member }) => member === first.member) ? first.member : null
  })
  const wanted = new Set(only.filter((member) => member !== null))
  const balances = await balancesOf([...wanted], askOver(client))
  return answers.map((answer, place) => {
    const address = only[place]
    const balance = address === null || address === undefined ? undefined : balances.get(address)
    if (answer === byItself || isRefusal(answer) || !address || !balance) return answer
    return { ...answer, member: { address, ...balance } }
  })
}

/**
 * Numbers that were promised to other purchases which are not final yet. A list that holds one must not be taken: once
 * on its way it might reach the chain before them, and take their place.
 */
function conflictsTooEarly({ kept, mirrored, finalBlock, list }: Known, judged: readonly Judged[]): bigint[] {
  const spent = new Set(mirrored.filter(({ block }) => block <= finalBlock).map((row) => row.sequence))
  for (const row of kept) if (row.kind === 'conflict' && row.batch === list.first) spent.add(row.sequence)
  return judged.flatMap(({ store }) =>
    store?.kind === 'conflict' && !spent.has(store.sequence) ? [store.sequence] : [],
  )
}

interface Known {
  readonly till: Till
  readonly list: SignedList
  readonly kept: readonly KeptPurchase[]
  readonly mirrored: readonly MirroredPurchase[]
  readonly finalBlock: bigint
  readonly now: Date
}

interface Judged {
  readonly answer: PurchaseAnswer
  readonly store: NewPurchase | null
}

function judge(known: Known, come: readonly Purchase[]): Judged[] {
  const kept = new Map(known.kept.filter(({ kind }) => kind === 'purchase').map((row) => [row.sequence, row]))
  const mirrored = new Map(known.mirrored.map((row) => [row.sequence, row]))
  return come.map((purchase) =>
    judgeOne(known, purchase, { kept: kept.get(purchase.sequence), mirrored: mirrored.get(purchase.sequence) }),
  )
}

function judgeOne(
  known: Known,
  purchase: Purchase,
  { kept, mirrored }: { readonly kept: KeptPurchase | undefined; readonly mirrored: MirroredPurchase | undefined },
): Judged {
  const { sequence: number, points } = purchase
  const answered = (
    answer: Exclude<Standing, { state: 'refused' }> | ReturnType<typeof refusedState>,
  ): PurchaseAnswer => ({
    sequence: number,
    points,
    ...answer,
  })
  // What is on its way says what keeps it, as far as that is known before the chain has looked at it.
  const pending = standingOf({ state: 'pending', code: known.till.issuingPaused ? 'issuingPaused' : null })
  const issued = mirrored && sameContent(mirrored, purchase)
  if (issued) {
    const state = mirrored.block <= known.finalBlock ? 'final' : 'pending'
    return { answer: answered({ state }), store: kept ? null : newPurchase(known, purchase, { state: 'sent' }) }
  }
  if (mirrored || (kept && !sameContent(kept, purchase))) {
    const refused = { refused: 'receiptConflict', facts: {} } as const
    return {
      answer: answered(refusedState('receiptConflict')),
      store: newPurchase(known, purchase, { state: 'refused', kind: 'conflict', refused }),
    }
  }
  if (kept) {
    const answer = kept.refused === null ? pending : refusedState(kept.refused, kept.facts)
    return { answer: answered(answer), store: null }
  }
  const refused = fault(known, purchase)
  if (!refused) return { answer: answered(pending), store: newPurchase(known, purchase, { state: 'open' }) }
  return {
    answer: answered(refusedState(refused.refused, refused.facts)),
    store: newPurchase(known, purchase, { state: 'refused', refused }),
  }
}

/** The chain would leave this purchase out for good; better said now, at the counter. */
function fault({ till, now }: Known, purchase: Purchase): Refusal | null {
  if (/^0x0{40}$/.test(purchase.member)) return refuse('noMember')
  const seconds = Math.floor(now.getTime() / 1000)
  const earliest = till.kind === 'Import' ? 0 : seconds - saleAgeSeconds
  const latest = seconds + clockAheadSeconds
  if (purchase.soldAt < earliest || purchase.soldAt > latest) {
    return refuse('timeOfSale', { soldAt: purchase.soldAt, earliest, latest })
  }
  const limit = till.receiptLimit
  return purchase.points > limit ? refuse('overReceiptLimit', { points: purchase.points, limit }) : null
}

function newPurchase(
  { list }: Known,
  purchase: Purchase,
  fate: { state: NewPurchase['state']; kind?: 'conflict'; refused?: { refused: RefusalCode; facts: Facts } },
): NewPurchase {
  // Ours alone, never on the chain: the fastest hash at hand will do.
  const content = `${list.shop} ${list.till} ${purchase.sequence} ${bytesOfEntry(purchase)}`
  const contentHash: Hex = `0x${hash('sha256', content)}`
  const receipt = `${list.till}:${purchase.sequence}`
  return {
    ...purchase,
    contentHash,
    key: fate.kind === 'conflict' ? `conflict:${receipt}:${list.first}` : `purchase:${receipt}`,
    kind: fate.kind ?? 'purchase',
    state: fate.state,
    refused: fate.refused?.refused ?? null,
    facts: fate.refused?.facts ?? {},
  }
}
