import { posix } from 'node:path'
import type { Finding } from './finding.ts'
import type { Import, Source } from './source.ts'

/** Every room, and the rooms it may look into. What a room is not listed with, it does not know of. */
export const doors: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  'indexer/scoring': [],
  'indexer/db': [],
  'indexer/chain': ['contracts'],
  'indexer/ledger': ['indexer/chain', 'indexer/db'],
  'indexer/engage': ['indexer/db', 'indexer/scoring', 'contracts'],
  'indexer/rescore': ['indexer/db', 'indexer/scoring'],
  'indexer/audit': ['contracts', 'indexer/db'],
  indexer: [
    'contracts',
    'indexer/chain',
    'indexer/ledger',
    'indexer/scoring',
    'indexer/rescore',
    'indexer/engage',
    'indexer/audit',
    'indexer/db',
  ],
  'web/config.ts': [],
  'web/queries': ['web/config.ts', 'indexer/db', 'indexer/scoring'],
  'web/relayer': ['web/config.ts', 'contracts', 'indexer/db'],
  'web/webhooks': ['web/config.ts', 'contracts', 'indexer/db'],
  'web/counter': ['contracts', 'web/queries', 'web/acts', 'web/app'],
  'web/acts': ['web/config.ts', 'contracts', 'indexer/db', 'web/queries'],
  'web/app': ['web/config.ts', 'contracts', 'indexer/scoring', 'web/queries', 'web/acts', 'web/ui'],
  'web/ui': ['contracts', 'indexer/scoring', 'web/queries', 'web/acts'],
  web: ['web/config.ts', 'contracts', 'indexer/scoring', 'web/queries', 'web/acts', 'web/app', 'web/ui'],
  scripts: ['contracts', 'indexer/db', 'indexer/scoring'],
  test: ['contracts', 'indexer', 'web', 'scripts'],
  configuration: ['test'],
}

/** A house has no secret rooms: a folder that is in nobody's list belongs to nobody. */
export function roomOf(path: string): string | undefined {
  const [first = '', second = ''] = path.split('/')
  if (!path.includes('/')) return /\.config\.(ts|mjs)$/.test(path) ? 'configuration' : undefined
  if (path === 'web/config.ts') return path
  if (first !== 'indexer' && first !== 'web') return first in doors ? first : undefined
  if (path.split('/').length === 2) return first
  return `${first}/${second}` in doors ? `${first}/${second}` : undefined
}

function mayLookInto(room: string, other: string): boolean {
  if (room === other) return true
  // Tests keep promises about every room.
  if (room === 'test') return other !== 'configuration'
  return doors[room]?.includes(other) ?? false
}

const aliases = /^#(contracts|indexer|web|test)\//

/** The file of ours that an import names, from the repository's root; undefined when it names a package. */
export function targetOf(from: string, specifier: string): string | undefined {
  if (aliases.test(specifier)) return specifier.slice(1)
  if (!specifier.startsWith('.')) return undefined
  return posix.normalize(posix.join(posix.dirname(from), specifier))
}

interface Crossing extends Import {
  readonly target: string
}

const crossings = (source: Source): Crossing[] =>
  source.imports.flatMap((found) => {
    const target = targetOf(source.path, found.specifier)
    return target === undefined ? [] : [{ ...found, target }]
  })

export function checkDoors(sources: readonly Source[]): Finding[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.path)
    if (room === undefined) {
      return [{ path: source.path, line: 1, rule: 'rooms', message: 'this folder is not a room of the house' }]
    }
    return crossings(source).flatMap((crossing) => {
      const { line } = crossing
      const other = roomOf(crossing.target)
      if (!/\.\w+$/.test(crossing.target)) {
        const message = `"${crossing.specifier}" leaves out the file's ending, which Node needs`
        return [{ path: source.path, line, rule: 'doors', message }]
      }
      if (other !== undefined && mayLookInto(room, other)) return []
      const allowed = doors[room]?.join(', ') || 'nothing'
      const message = `${room} looks into ${other ?? crossing.target}; it may look into: ${allowed}`
      return [{ path: source.path, line, rule: 'doors', message }]
    })
  })
}

/** Circles between files, and between rooms; each is told once, as the way round. */
export function checkCircles(sources: readonly Source[]): Finding[] {
  const known = new Set(sources.map((source) => source.path))
  const files = new Map<string, Set<string>>()
  const rooms = new Map<string, Set<string>>()
  for (const source of sources.filter((one) => !one.path.endsWith('.sol'))) {
    const targets = crossings(source).map((crossing) => crossing.target)
    files.set(source.path, new Set(targets.filter((target) => known.has(target))))
    const room = roomOf(source.path)
    if (room === undefined) continue
    const reached = rooms.get(room) ?? new Set<string>()
    for (const target of targets) {
      const other = roomOf(target)
      if (other !== undefined && other !== room) reached.add(other)
    }
    rooms.set(room, reached)
  }
  const tell = (kind: string) => (way: string[]) => {
    return { path: way[0] ?? '', line: 1, rule: 'circles', message: `a circle of ${kind}: ${way.join(' -> ')}` }
  }
  // The configuration names the test's support and the tests name the configuration's results: only rooms of the
  // product can close a circle that matters.
  rooms.delete('configuration')
  return [...circlesIn(files).map(tell('files')), ...circlesIn(rooms).map(tell('rooms'))]
}

function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const way: string[] = []
  const follow = (place: string): void => {
    const seenAt = way.indexOf(place)
    if (seenAt >= 0) circles.push([...way.slice(seenAt), place])
    if (seenAt >= 0 || done.has(place)) return
    way.push(place)
    for (const next of graph.get(place) ?? []) follow(next)
    way.pop()
    done.add(place)
  }
  for (const place of graph.keys()) follow(place)
  return circles
}
