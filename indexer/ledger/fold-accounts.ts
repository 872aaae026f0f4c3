import type { Hex } from 'viem'
import { keccak256 } from '#indexer/chain/keccak.ts'
import type { EventName, EventNamed, NetworkEvent } from '#indexer/chain/logs.ts'
import type { AccountRow } from './rows.ts'
import type { Workspace } from './workspace.ts'

const names = [
  'AccountDeployed',
  'KeyAdded',
  'KeyRemoved',
  'GuardianChosen',
  'GuardianKept',
  'RecoveryStarted',
  'RecoveryVetoed',
  'Recovered',
] as const satisfies readonly EventName[]

export type AccountEvent = EventNamed<(typeof names)[number]>

const known: ReadonlySet<EventName> = new Set(names)

export const isAccountEvent = (event: NetworkEvent): event is AccountEvent => known.has(event.name)

/** The account that an event is about: the one that says it, but for its deployment, which its factory tells. */
export const accountOf = (event: AccountEvent): Hex =>
  event.name === 'AccountDeployed' ? event.args.account : event.address

/** The key that an event adds, brings or takes; undefined where it is about none. */
export function keyOfEvent(event: AccountEvent): Hex | undefined {
  if (event.name === 'AccountDeployed') return keyName(event.args)
  return 'key' in event.args ? event.args.key : undefined
}

/** Members' accounts: their keys, their guardians, and the change of key that waits. */
export function foldAccountEvent(event: AccountEvent, work: Workspace): void {
  switch (event.name) {
    case 'AccountDeployed':
      deployed(event, work)
      break
    case 'KeyAdded': {
      const { key, x, y, settledFrom } = event.args
      const { era } = change(work, event.address, ({ orders }) => ({ orders: orders + 1n }))
      const row = { account: event.address, key, x, y, era, added_at: work.time, removed_at: null }
      work.put('account_key', { ...row, settled_from: timeOf(settledFrom) })
      break
    }
    case 'KeyRemoved': {
      change(work, event.address, ({ orders }) => ({ orders: orders + 1n }))
      const row = work.get('account_key', { account: event.address, key: event.args.key })
      if (row === undefined) throw new Error(`account ${event.address} removed a key it never had`)
      work.put('account_key', { ...row, removed_at: work.time })
      break
    }
    case 'GuardianChosen':
      change(work, event.address, (row) => chosen(row, event, work.time))
      break
    case 'GuardianKept':
      change(work, event.address, () => nobodyNext)
      break
    case 'RecoveryStarted': {
      const { recovery: recoveries, guardian, x, y, readyAt } = event.args
      const waits = { recovery_by: guardian, recovery_x: x, recovery_y: y, recovery_started_at: work.time }
      change(work, event.address, () => ({ recoveries, ...waits, recovery_ready_at: timeOf(readyAt) }))
      break
    }
    case 'RecoveryVetoed':
      change(work, event.address, () => nothingWaits)
      break
    case 'Recovered':
      recovered(event, work)
  }
}

function deployed({ args }: EventNamed<'AccountDeployed'>, work: Workspace): void {
  const { account, x, y, guardian, delay } = args
  const first = { first_x: x, first_y: y, first_guardian: orNobody(guardian), first_delay: BigInt(delay) }
  const chosenOne = { chosen_guardian: null, chosen_delay: null, chosen_from: null }
  const counts = { deployed_at: work.time, orders: 0n, era: 0, recoveries: 0 }
  work.put('account', { account, ...first, ...counts, ...chosenOne, ...nobodyNext, ...nothingWaits })
  const key = { account, key: keyName(args), x, y, era: 0, added_at: work.time, settled_from: null, removed_at: null }
  work.put('account_key', key)
}

const nobodyNext = { next_guardian: null, next_delay: null, next_from: null }
const nothingWaits = {
  ...{ recovery_by: null, recovery_x: null, recovery_y: null },
  ...{ recovery_started_at: null, recovery_ready_at: null },
}

/** Whoever was chosen before and has come into office by now stays in it until the new one does. */
function chosen(row: AccountRow, { args }: EventNamed<'GuardianChosen'>, now: Date): Partial<AccountRow> {
  const { next_guardian: chosen_guardian, next_delay: chosen_delay, next_from: chosen_from } = row
  const inOffice = chosen_from !== null && chosen_from <= now ? { chosen_guardian, chosen_delay, chosen_from } : {}
  return {
    ...inOffice,
    orders: row.orders + 1n,
    next_guardian: orNobody(args.guardian),
    next_delay: BigInt(args.delay),
    next_from: timeOf(args.from),
  }
}

function recovered({ address, args }: EventNamed<'Recovered'>, work: Workspace): void {
  const { key, x, y } = args
  const { era } = change(work, address, (row) => {
    // Whom the lost keys chose, and nobody had yet, does not come.
    const stillToCome = row.next_from !== null && work.time < row.next_from
    return { era: row.era + 1, ...nothingWaits, ...(stillToCome ? nobodyNext : {}) }
  })
  const row = { account: address, key, x, y, era, added_at: work.time, settled_from: null, removed_at: null }
  work.put('account_key', row)
}

function change(work: Workspace, account: Hex, by: (row: AccountRow) => Partial<AccountRow>): AccountRow {
  const row = work.get('account', { account })
  if (row === undefined) throw new Error(`account ${account} spoke before it was deployed`)
  const after = { ...row, ...by(row) }
  work.put('account', after)
  return after
}

/** The name of a key on the chain: the hash of its coordinates. */
function keyName({ x, y }: { readonly x: Hex; readonly y: Hex }): Hex {
  const name = keccak256(Buffer.from(x.slice(2) + y.slice(2), 'hex'))
  return `0x${Buffer.from(name).toString('hex')}`
}

const nobody = `0x${'0'.repeat(40)}`
const orNobody = (guardian: Hex): Hex | null => (guardian === nobody ? null : guardian)

const timeOf = (seconds: number): Date => new Date(seconds * 1000)
