/** The open purchases under one signature of a till. */
export interface BatchWishes {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
  /** Whether they go under the owner's signature beside the till's, since the till was switched off. */
  readonly countersigned: boolean
}

/** One wish by its natural name, or the open purchases under one signature of a till. */
export type Wishes = { readonly shop: number; readonly key: string } | BatchWishes

/** Its name within its shop, which stays while a till's list grows. */
export function lastingNameOf(wishes: Wishes): string {
  return 'key' in wishes ? wishes.key : `batch:${wishes.till}:${wishes.first}`
}

export function nameOf(wishes: Wishes): string {
  if ('key' in wishes) return `${wishes.shop} ${wishes.key}`
  const { shop, till, first, count, countersigned } = wishes
  return `${shop} batch:${till}:${first}:${count}${countersigned ? ':countersigned' : ''}`
}
