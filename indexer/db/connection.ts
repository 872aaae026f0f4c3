import pg from 'pg'

/** The database cannot be used as it is; the message is one a person can act on, and holds no password. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable'
}

/** The three addresses of one database: who may change its shape, and the two roles that work in it. */
export interface DatabaseUrls {
  readonly owner: string
  readonly indexer: string
  readonly web: string
}

/** The setting each address came from, for messages. */
export const settingOf = {
  owner: 'DATABASE_URL',
  indexer: 'INDEXER_DATABASE_URL',
  web: 'WEB_DATABASE_URL',
} as const satisfies Record<keyof DatabaseUrls, string>

/** Reads an address of the form postgresql://user:password@host:port/database; `setting` is what it is called. */
export function parseUrl(address: string, setting: string): URL {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    throw new DatabaseUnusable(`${setting} is not an address. It should look like ${pattern}`)
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    throw new DatabaseUnusable(`${setting} begins with "${url.protocol}//". It should look like ${pattern}`)
  }
  if (url.pathname.length < 2) {
    throw new DatabaseUnusable(`${setting} names no database. It should look like ${pattern}`)
  }
  // Prisma's own parameter; pg would send it to the server, which refuses it.
  url.searchParams.delete('schema')
  return url
}

const pattern = 'postgresql://user:password@host:5432/database'

export const databaseIn = (url: URL): string => decodeURIComponent(url.pathname.slice(1))
export const userIn = (url: URL): string => decodeURIComponent(url.username)
export const passwordIn = (url: URL): string => decodeURIComponent(url.password)

/** The same server and database, signed in as someone else. */
export function urlAs(address: string, role: { readonly name: string; readonly password: string }): string {
  const url = new URL(address)
  url.username = encodeURIComponent(role.name)
  url.password = encodeURIComponent(role.password)
  return url.href
}

/** The same server and sign-in, another database. */
export function urlTo(address: string, database: string): string {
  const url = new URL(address)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** PostgreSQL's code for a refusal (such as 28P01), or Node's for a failed connection (such as ECONNREFUSED). */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  // Two addresses for one name, as of localhost, fail together; each says why.
  if (error instanceof AggregateError && !('code' in error)) return codeOf(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * A connected client; a failure says which setting is wrong and what to do. The caller ends it. With `answerWithinMs`
 * every question on it fails that has no answer by then.
 */
export async function connect(
  address: string,
  setting: string,
  limits: { readonly answerWithinMs?: number } = {},
): Promise<pg.Client> {
  const url = parseUrl(address, setting)
  const { answerWithinMs } = limits
  const client = new pg.Client({
    connectionString: url.href,
    connectionTimeoutMillis: answerWithinMs ?? 15_000,
    ...(answerWithinMs === undefined ? {} : { query_timeout: answerWithinMs }),
  })
  // A connection lost between two questions is reported by the next question, not by killing the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw new DatabaseUnusable(sentenceFor(error, url, setting), { cause: error })
  }
}

function sentenceFor(error: unknown, url: URL, setting: string): string {
  const server = `${url.hostname}:${url.port || '5432'}`
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return `Nothing answers at ${server}, where ${setting} points. Start PostgreSQL there, or correct ${setting}.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `There is no host called "${url.hostname}", which ${setting} names. Correct ${setting}.`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${server} cannot be reached, where ${setting} points. Check the network and ${setting}.`
    case '28P01':
    case '28000':
      return `${server} does not let "${userIn(url)}" in. Check the user and password in ${setting}.`
    case '3D000':
      return `${server} has no database "${databaseIn(url)}", which ${setting} names.`
    case '42501':
      return `"${userIn(url)}" may not connect to "${databaseIn(url)}" at ${server}. Grant it CONNECT there.`
    case '53300':
      return `${server} has no connection left for ${setting}. Close other programs or raise max_connections.`
    default:
      return `${server}, where ${setting} points, could not be used: ${String(error)}`
  }
}
