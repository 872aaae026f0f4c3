import 'server-only'
import type pg from 'pg'
import { batchDigest } from '#contracts/digests.ts'
import { issueRequest } from '#contracts/till-api/requests.ts'
import { askOver } from '#web/queries/database.ts'
import { network } from '#web/queries/network.ts'
import { type CardStanding, cardsAmong, counterFault, credited, type OverfullCard, overfullAmong } from './cards.ts'
import { type Asked, grownLists } from './grown-lists.ts'
import { byItself, inCompany } from './in-company.ts'
import { conflictsTooEarly, judge, type PurchaseAnswer } from './judge-purchases.ts'
import { keySigned } from './key-signature.ts'
import { balancesOf } from './member-balance.ts'
import { beginWithTills, type KeptList, keptLists, type NewList, storeLists } from './purchase-books.ts'
import { beginning, checkRunningHash } from './purchase-list.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { type Held, heldAtRevoked, tooMuchHeld } from './revoked-till.ts'
import { knownTills, notGiving, type Till } from './till-standing.ts'
import { inTransaction } from './transaction.ts'
import { type Hex, read } from './wire.ts'

export interface IssueAnswer {
  readonly results: readonly PurchaseAnswer[]
  /** Only where all purchases are one member's. */
  readonly member?: { readonly address: string; readonly balance: bigint; readonly spendable: bigint }
  /** Cards among them that hold more than a card may, by sales that were made while nobody could know. */
  readonly overfullCards?: readonly OverfullCard[]
}

/** When it comes, and who stands at the till; null where the shop keeps no cashiers. */
export interface By {
  readonly now?: Date
  readonly cashier?: number | null
}

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
  let cards = await cardsAmong(client, members, { lock: 'locked' })
  const grown = grownLists(asked, { pieces: cards.size === 0 })
  const tills = await knownTills(
    client,
    grown.map(({ whole: { list } }) => list),
  )
  const held = await heldAtRevoked(
    client,
    grown.map(({ whole: { list } }, place) => ({ list, till: tills[place] })),
  )
  const lists = await keptLists(
    client,
    grown.map(({ whole: { list, come } }) => ({ ...list, come: come[0]?.sequence ?? list.first })),
  )
  // One after the other, since two tills of one company may credit one card.
  const kept = grown.map(({ whole }, place) => {
    const result = keep(whole, { till: tills[place], held: held[place], known: lists[place], cards })
    if (!isRefusal(result)) cards = credited(cards, result.store?.purchases ?? [])
    return result
  })
  await storeLists(
    client,
    kept.flatMap((one) => (isRefusal(one) || one.store === null ? [] : [one.store])),
  )
  const told = grown.flatMap(({ parts }, place) => parts.map((part) => partOf(part, kept[place], parts.length)))
  const answers = await withBalances(client, told, cards)
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
  /** What waits for the owner, where they have switched the till off. */
  readonly held: Held | null | undefined
  readonly known: KeptList | undefined
  readonly cards: ReadonlyMap<Hex, CardStanding>
}

/** What becomes of one list, given what is known of it; nothing is written here. */
function keep(
  { list, come, now, cashier }: Asked,
  { till = refuse('unknownTill'), held = null, known, cards }: KnownOfList,
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
  const all = { till, held, list, kept, mirrored, finalBlock: soFar.finalBlock, now }
  const judged = judge(all, come)
  const early = conflictsTooEarly(all, judged)
  if (early.length > 0) return refuse('receiptConflict', { shop: list.shop, till: list.till, sequences: early })
  const results = judged.map(({ answer }) => answer)
  const card = counterFault(cards, judged, now)
  if (card) return card
  // A beginning of what is kept adds nothing to it.
  if (list.count <= soFar.count) return { results, store: null }
  const full = held && tooMuchHeld(held, { list, soFar })
  if (full) return full
  const { shop, till: number, first: batch, ...signed } = list
  const purchases = judged.flatMap(({ store }) => (store ? [store] : []))
  return { results, store: { shop, till: number, batch, at: now, cashier, purchases, signed } }
}

/** The answers, with the balance of the member where all purchases are one member's, and cards that hold too much. */
async function withBalances(
  client: pg.PoolClient,
  told: readonly Told[],
  cards: KnownOfList['cards'],
): Promise<Answer[]> {
  const answers = told.map(({ asked: { list, come }, kept }): Answer => {
    if (kept === byItself || isRefusal(kept)) return kept
    const { results } = kept
    const conflicts = results.every((result) => result.state === 'refused' && result.code === 'receiptConflict')
    const overfullCards = overfullAmong(cards, come)
    if (!conflicts) return overfullCards.length > 0 ? { results, overfullCards } : { results }
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
