import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { copiedBinaries, installedBinaries, openToAll } from './binaries.ts'
import { codeOf, DatabaseUnusable } from './connection.ts'

/** Where an embedded PostgreSQL lives, and as whom it runs. */
export interface Place {
  /** The folder the caller named: passwords, port, log. */
  readonly home: string
  /** PostgreSQL's own data folder. */
  readonly data: string
  readonly binaries: string
  /** PostgreSQL refuses to run as root; then it runs as this user. Undefined: as ourselves. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
}

const nobody = { uid: 65534, gid: 65534 }
const locationFile = (home: string): string => join(home, 'pg-location')

/**
 * Finds or makes the place for the database of `home`. As root below a closed folder (every checkout in root's own
 * home) the unprivileged user could not walk to its data, so they go to a private folder under `privateBase`, whose
 * name is kept in `home`.
 */
export function placeFor(home: string, privateBase: string): Place {
  const folder = resolve(home)
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  const installed = installedBinaries()
  if (process.getuid?.() !== 0) return { home: folder, data: join(folder, 'pg'), binaries: installed, user: undefined }
  const reachable = { data: openToAll(folder), binaries: openToAll(installed) }
  if (!reachable.data && existsSync(join(folder, 'pg', 'PG_VERSION'))) {
    throw new DatabaseUnusable(
      `The database in ${join(folder, 'pg')} was made while other users could reach it, and now they cannot. ` +
        'Open the folders above it again (chmod o+x), or begin anew with --reset.',
    )
  }
  const elsewhere = reachable.data && reachable.binaries ? recordedBase(folder) : privateBaseOf(folder, privateBase)
  const inHome = reachable.data && (elsewhere === undefined || !existsSync(join(elsewhere, 'pg')))
  return {
    home: folder,
    data: join(inHome || elsewhere === undefined ? folder : elsewhere, 'pg'),
    binaries: reachable.binaries || elsewhere === undefined ? installed : copiedBinaries(installed, elsewhere),
    user: nobody,
  }
}

function recordedBase(home: string): string | undefined {
  const file = locationFile(home)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8').trim()
}

function privateBaseOf(home: string, privateBase: string): string {
  const kept = recordedBase(home)
  if (kept !== undefined && existsSync(kept)) return kept
  if (kept !== undefined) {
    throw new DatabaseUnusable(
      `The database of ${home} was kept in ${kept}, which is gone. Bring it back, or begin anew with --reset.`,
    )
  }
  if (!openToAll(privateBase)) {
    throw new DatabaseUnusable(
      `As root, PostgreSQL must run as an unprivileged user, who can reach neither ${home} nor ${privateBase}. ` +
        'Name an existing folder open to all in EMBEDDED_PG_BASE.',
    )
  }
  mkdirSync(privateBase, { recursive: true })
  // A name nobody can guess: in a folder shared by all, a stranger may not prepare it for us.
  const made = mkdtempSync(join(privateBase, 'highstreet-pg-'))
  chmodSync(made, 0o711)
  try {
    writeFileSync(locationFile(home), `${made}\n`, { mode: 0o600, flag: 'wx' })
    return made
  } catch (error) {
    rmSync(made, { recursive: true, force: true })
    const other = codeOf(error) === 'EEXIST' ? recordedBase(home) : undefined
    if (other === undefined) throw error
    return other
  }
}

/** Every folder and file of `home` that the embedded database made, the private folder included. */
export function tracesOf(home: string): string[] {
  const folder = resolve(home)
  const base = recordedBase(folder)
  const files = ['pg', 'pg-location', 'pg-port', 'pg-starter', 'postgres.log', 'database-passwords.json']
  return [...(base === undefined ? [] : [base]), ...files.map((name) => join(folder, name))]
}

/** The data folder in use by `home`, if there is one yet. */
export function dataOf(home: string): string | undefined {
  const folder = resolve(home)
  return [recordedBase(folder), folder]
    .filter((parent) => parent !== undefined)
    .map((parent) => join(parent, 'pg'))
    .find((data) => existsSync(data))
}

/** Hands a file or folder to the user PostgreSQL runs as. */
export function giveTo(user: Place['user'], path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid)
}
