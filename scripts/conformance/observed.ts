import { runningHashNext, runningHashStart } from '#contracts/terms.ts'
import { issueRequest, redeemRequest } from '#contracts/till-api/requests.ts'

/** What was done to an answer on its way to the till. */
export type Trouble = 'none' | 'swallowed' | 'unavailable' | 'late'

/** One request of the till under trial, and what became of it. */
export interface Exchange {
  readonly atMs: number
  readonly path: string
  readonly body: unknown
  readonly trouble: Trouble
  /** Of the answer the till was given; null where it was given none. */
  readonly status: number | null
  readonly code: string | null
  readonly retryAfterSeconds: number | null
}

export interface Finding {
  readonly rule: string
  readonly held: boolean
  /** How often the rule came to bear. */
  readonly times: number
  readonly first?: string
}

interface Sale {
  readonly receipt: string
  readonly content: string
  readonly exchange: Exchange
}

const rules = {
  readable: 'every request is as the schemas say',
  hash: 'the running hash of a list is the hash over its purchases',
  sameContent: 'a receipt number stands for one content for ever',
  again: 'what had no answer is sent again, the same',
  patience: 'Retry-After is waited for',
  newNumber: 'after receiptConflict the sale comes under a new number',
  gaps: 'receipt numbers follow one another',
} as const

/** What the exchanges say about the till, rule by rule. A rule that never came to bear holds nothing and is told so. */
export function judge(exchanges: readonly Exchange[]): Finding[] {
  const sales = exchanges.flatMap(salesIn)
  return [
    finding(
      rules.readable,
      exchanges.filter(isAct),
      (one) => salesIn(one).length > 0,
      ({ path }) => path,
    ),
    finding(rules.hash, exchanges.filter(isWholeList), hashFits, ({ body }) => firstOf(body)),
    sameContent(sales),
    sentAgain(sales),
    patience(exchanges),
    newNumber(exchanges),
    gaps(sales),
  ]
}

const isAct = ({ path }: Exchange): boolean => path === '/api/v1/issue' || path === '/api/v1/redeem'

function finding<Item>(
  rule: string,
  items: readonly Item[],
  holds: (item: Item) => boolean,
  named: (item: Item) => string,
): Finding {
  const broken = items.find((item) => !holds(item))
  return {
    rule,
    held: broken === undefined,
    times: items.length,
    ...(broken === undefined ? {} : { first: named(broken) }),
  }
}

function salesIn(exchange: Exchange): Sale[] {
  if (exchange.path === '/api/v1/issue') {
    const read = issueRequest.safeParse(exchange.body)
    if (!read.success) return []
    const { shop, till, entries } = read.data
    return entries.map(({ sequence, ...content }) => {
      return { receipt: `purchase ${shop}/${till} ${sequence}`, content: textOf(content), exchange }
    })
  }
  if (exchange.path !== '/api/v1/redeem') return []
  const read = redeemRequest.safeParse(exchange.body)
  if (!read.success) return []
  const { shop, till, item } = read.data
  const { sequence, signature: _, ...content } = item
  return [{ receipt: `payment ${shop}/${till} ${sequence}`, content: textOf(content), exchange }]
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))

const firstOf = (body: unknown): string => textOf(body).slice(0, 120)

/** A list that came whole can be judged without what came before. */
function isWholeList({ path, body }: Exchange): boolean {
  const read = path === '/api/v1/issue' ? issueRequest.safeParse(body) : null
  return read?.success === true && read.data.entries.length === read.data.batch.count
}

function hashFits({ body }: Exchange): boolean {
  const { shop, till, batch, entries } = issueRequest.parse(body)
  const start = runningHashStart({ shop, till, firstSequence: batch.firstSequence })
  return entries.reduce(runningHashNext, start) === batch.head
}

function sameContent(sales: readonly Sale[]): Finding {
  const first = new Map<string, string>()
  const repeated = sales.filter(({ receipt, content }) => {
    const known = first.get(receipt)
    if (known === undefined) first.set(receipt, content)
    return known !== undefined
  })
  return finding(
    rules.sameContent,
    repeated,
    ({ receipt, content }) => first.get(receipt) === content,
    (one) => one.receipt,
  )
}

function sentAgain(sales: readonly Sale[]): Finding {
  const unanswered = sales.filter(
    ({ exchange }) => exchange.trouble === 'swallowed' || exchange.trouble === 'unavailable',
  )
  const holds = ({ receipt, exchange }: Sale): boolean =>
    sales.some((later) => later.receipt === receipt && later.exchange.atMs > exchange.atMs)
  return finding(rules.again, unanswered, holds, (one) => one.receipt)
}

function patience(exchanges: readonly Exchange[]): Finding {
  const asked = exchanges.filter((one) => isAct(one) && one.trouble === 'unavailable' && one.retryAfterSeconds !== null)
  const holds = ({ atMs, path, retryAfterSeconds }: Exchange): boolean => {
    const next = exchanges.find((later) => later.path === path && later.atMs > atMs)
    return next === undefined || next.atMs - atMs >= (retryAfterSeconds ?? 0) * 1000 - clockMs
  }
  return finding(rules.patience, asked, holds, ({ path }) => path)
}

const clockMs = 50

function newNumber(exchanges: readonly Exchange[]): Finding {
  const conflicts = exchanges.filter(({ code }) => code === 'receiptConflict')
  const holds = (conflict: Exchange): boolean => {
    const [sale] = salesIn(conflict)
    const later = exchanges.filter(({ atMs }) => atMs > conflict.atMs).flatMap(salesIn)
    return sale === undefined || later.every(({ receipt }) => receipt !== sale.receipt)
  }
  return finding(rules.newNumber, conflicts, holds, ({ body }) => firstOf(body))
}

function gaps(sales: readonly Sale[]): Finding {
  const numbers = new Map<string, bigint[]>()
  for (const { receipt } of sales) {
    const [kind, place, number = '0'] = receipt.split(' ')
    const row = numbers.get(`${kind} ${place}`) ?? []
    row.push(BigInt(number))
    numbers.set(`${kind} ${place}`, row)
  }
  const rows = [...numbers].map(([name, row]) => ({ name, row: [...new Set(row)].sort((a, b) => (a < b ? -1 : 1)) }))
  const holds = ({ row }: (typeof rows)[number]): boolean =>
    row.every((one, at) => at === 0 || one === (row[at - 1] ?? 0n) + 1n)
  return finding(rules.gaps, rows, holds, ({ name }) => name)
}
