import { lookup } from 'node:dns/promises'
import { request as plainRequest } from 'node:http'
import { request } from 'node:https'
import { isIP } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { isPublicAddress } from '#contracts/till-api/public-address.ts'

/** One message to be posted. */
export interface Message {
  readonly id: string
  readonly url: string
  readonly secret: string
  readonly body: string
}

export interface DeliveryRules {
  /** Only for tests and trials on one's own machine: http, and addresses within the house. */
  readonly anywhere: boolean
  readonly patienceMs: number
}

/** null where the place took it; else why not, in words without what it answered. */
export async function deliver(message: Message, rules: DeliveryRules, now = new Date()): Promise<string | null> {
  const url = new URL(message.url)
  if (url.protocol !== 'https:' && !rules.anywhere) return 'not an https address'
  const address = await publicAddressOf(url.hostname.replace(/^\[|\]$/g, ''), rules)
  if (address === null) return 'an address within a house, or none'
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(message.body),
    'user-agent': 'highstreet-webhooks',
    'webhook-id': message.id,
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': new Webhook(message.secret).sign(message.id, now, message.body),
  }
  return await post(url, { address, headers, body: message.body, patienceMs: rules.patienceMs })
}

/** One address that the name stands for, where all of them are of the open network. */
async function publicAddressOf(host: string, { anywhere }: DeliveryRules): Promise<string | null> {
  const all = isIP(host) === 0 ? await addressesOf(host) : [host]
  if (all.length === 0) return null
  return anywhere || all.every(isPublicAddress) ? (all[0] ?? null) : null
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

interface Posting {
  readonly address: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: string
  readonly patienceMs: number
}

/**
 * Connects to the very address that was looked at: a name that means another by now reaches nothing else. A redirect is
 * an answer like any other that is not a yes; nobody follows it.
 */
function post(url: URL, { address, headers, body, patienceMs }: Posting): Promise<string | null> {
  return new Promise((resolve) => {
    const open = url.protocol === 'https:' ? request : plainRequest
    const family = isIP(address)
    const asking = open(
      url,
      {
        ...{ method: 'POST', headers, agent: false },
        lookup: (_, options, found) => {
          if (options.all) found(null, [{ address, family }])
          else found(null, address, family)
        },
        signal: AbortSignal.timeout(patienceMs),
      },
      (response) => {
        const status = response.statusCode ?? 0
        response.destroy()
        resolve(status >= 200 && status < 300 ? null : `status ${status}`)
      },
    )
    asking.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name))
    asking.end(body)
  })
}
