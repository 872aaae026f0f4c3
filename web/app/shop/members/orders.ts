import type { MemberOrder } from '#web/queries/shop-members.ts'

export const orderNames: Readonly<Record<MemberOrder, string>> = {
  recency: 'Last visit',
  frequency: 'Visits',
  spend: 'Spent',
  points: 'Points',
  lastAt: 'Latest first',
  value: 'Expected',
}

/** The order in the address, or the latest visitors first. */
export function orderAsked(asked: string | string[] | undefined): MemberOrder {
  return typeof asked === 'string' && Object.hasOwn(orderNames, asked) ? (asked as MemberOrder) : 'recency'
}
