/** The open purchases under one signature of a till. */
export interface BatchWishes {
  readonly shop: number
  readonly till: number
  readonly first: bigint
  readonly count: number
}

/** One wish by its natural name, or the open purchases under one signature of a till. */
export type Wishes = { readonly shop: number; readonly key: string } | BatchWishes

/** Its name within its shop, which stays while a till's list grows. */
export function lastingNameOf(wishes: Wishes): string {
  return 'key' in wishes ? wishes.key : `batch:${wishes.till}:${wishes.first}`
}

export function nameOf(wishes: Wishes): string {
  return 'key' in wishes
    ? `${wishes.shop} ${wishes.key}`
    : `${wishes.shop} batch:${wishes.till}:${wishes.first}:${wishes.count}`
}
