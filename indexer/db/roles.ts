import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import {
  codeOf,
  connect,
  DatabaseUnusable,
  type DatabaseUrls,
  parseUrl,
  passwordIn,
  settingOf,
  urlAs,
  userIn,
} from './connection.ts'

/** The migrations grant rights to these names. */
export const runtimeRoles = { indexer: 'highstreet_indexer', web: 'highstreet_web' } as const

type RuntimeRole = keyof typeof runtimeRoles
const everyRole: readonly RuntimeRole[] = ['indexer', 'web']

export interface Passwords {
  readonly owner: string
  readonly indexer: string
  readonly web: string
}

export const passwordsFile = (directory: string): string => join(directory, 'database-passwords.json')

/** Passwords made once and kept in `directory`, readable by their owner only; the same ones every time after. */
export function keptPasswords(directory: string): Passwords {
  const file = passwordsFile(directory)
  mkdirSync(directory, { recursive: true, mode: 0o711 })
  if (!existsSync(file)) {
    const made: Passwords = { owner: newPassword(), indexer: newPassword(), web: newPassword() }
    try {
      writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      // Two starts at once: the other's passwords are as good, and now they are the ones kept.
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
  chmodSync(file, 0o600)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Passwords
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new DatabaseUnusable(`${file} is not readable as JSON: bring it back, or begin anew with --reset.`)
  }
}

const newPassword = (): string => randomBytes(24).toString('base64url')

/** The runtime roles' addresses beside an owner's, for whoever gave only the owner's. */
export function runtimeUrls(ownerUrl: string, passwords: Pick<Passwords, 'indexer' | 'web'>): DatabaseUrls {
  return {
    owner: ownerUrl,
    indexer: urlAs(ownerUrl, { name: runtimeRoles.indexer, password: passwords.indexer }),
    web: urlAs(ownerUrl, { name: runtimeRoles.web, password: passwords.web }),
  }
}

/**
 * Makes the roles that are missing. A role that exists keeps its password: a mistyped address must not lock out the
 * programs that use the right one. An address that signs in as the owner asks for no role of its own.
 */
export async function createRuntimeRoles(client: pg.Client, urls: DatabaseUrls): Promise<void> {
  const owner = userIn(parseUrl(urls.owner, settingOf.owner))
  for (const role of everyRole) {
    const url = parseUrl(urls[role], settingOf[role])
    if (userIn(url) === owner) continue
    const name = runtimeRoles[role]
    if (userIn(url) !== name) {
      throw new DatabaseUnusable(
        `${settingOf[role]} signs in as "${userIn(url)}", but the migrations grant their rights to "${name}". ` +
          `Use "${name}" there.`,
      )
    }
    await createRole(client, { name, password: passwordIn(url), setting: settingOf[role], owner })
  }
}

async function createRole(
  client: pg.Client,
  role: { readonly name: string; readonly password: string; readonly setting: string; readonly owner: string },
): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role.name])
  if (found.rowCount !== 0) return
  const name = pg.escapeIdentifier(role.name)
  try {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(role.password)}`)
  } catch (error) {
    // A role belongs to the whole server, so another database's migration may have made it in this instant.
    if (codeOf(error) === '42710' || codeOf(error) === '23505') return
    if (codeOf(error) !== '42501') throw error
    throw new DatabaseUnusable(
      `There is no role "${role.name}", and "${role.owner}" may not create roles. Have an administrator run ` +
        `CREATE ROLE ${name} LOGIN PASSWORD '...' and give its address in ${role.setting}` +
        ` (${settingOf.indexer} for the indexer, ${settingOf.web} for the portal).`,
      { cause: error },
    )
  }
}

/** Signs in once as each role, so that a wrong password is found here and not by the first customer. */
export async function checkRuntimeRoles(urls: DatabaseUrls): Promise<void> {
  for (const role of everyRole) {
    const client = await connect(urls[role], settingOf[role]).catch((error: unknown) => {
      throw codeOf(causeOf(error)) === '28P01' ? otherPassword(urls[role], role) : error
    })
    await client.end()
  }
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined)

/** Roles belong to the server and outlive a street: an earlier one, or another beside this, may have made this one. */
function otherPassword(address: string, role: RuntimeRole): DatabaseUnusable {
  const url = parseUrl(address, settingOf[role])
  const name = pg.escapeIdentifier(userIn(url))
  return new DatabaseUnusable(
    `${url.host} has a role ${name} already, with another password than was tried: give the right one in ` +
      `${settingOf[role]}, or have an administrator remove it (DROP ROLE ${name}) where no other street needs it.`,
  )
}
