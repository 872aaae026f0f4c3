import { config } from '#web/queries/config.ts'

/**
 * Where a request comes from, as far as it can be believed. The portal listens on its own machine only, so the address
 * that the nearest proxy saw stands last in the list; what a client writes into that header itself stands further left.
 */
export function sourceOf(headers: Headers, hops = config().forwardedHops): string {
  const named = (headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim())
  return neighbourhood(named.at(-hops) ?? named[0] ?? '')
}

/** Of the newer kind of address a household has a whole street of 2^64, so that street is the source. */
function neighbourhood(address: string): string {
  const older = /(?:^|:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(address)?.[1]
  if (older !== undefined) return older
  if (!/^[0-9a-fA-F:]{2,39}$/.test(address)) return 'unknown'
  const [head = '', tail = ''] = address.split('::', 2)
  const parts = (text: string) => (text === '' ? [] : text.split(':'))
  const [first, last] = [parts(head), parts(tail)]
  const whole = [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0'), ...last]
  return whole
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
}
