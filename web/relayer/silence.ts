/** Nothing new on a list for so long is silence: a shopper at a quiet till need not wait for the second to end. */
const silenceMs = 400

/** By list: how long it was when last looked at, and since when. */
export type GrowingLists = Map<string, { readonly count: number; readonly sinceMs: number }>

/** Whether a till has added nothing to its list for a while; a list seen for the first time has not. */
export function fellSilent(
  lists: GrowingLists,
  list: { readonly name: string; readonly count: number },
  nowMs: number,
): boolean {
  const known = lists.get(list.name)
  if (known?.count === list.count) return nowMs - known.sinceMs >= silenceMs
  lists.set(list.name, { count: list.count, sinceMs: nowMs })
  return false
}
