import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSource, type Source } from './source.ts'

const rooms = ['contracts', 'indexer', 'web', 'scripts', 'test']

/** Made by machines, and not read by people. */
const generated = [
  /^contracts\/generated\.ts$/,
  /^indexer\/db\/client\//,
  /(^|\/)(node_modules|\.next|next-env\.d\.ts)(\/|$)/,
]

/** Every file of the tree below `root` that the rules speak of. */
export function readTree(root: string): Source[] {
  const atRoot = readdirSync(root).filter((name) => /\.config\.(ts|mjs)$/.test(name) || name === 'README.md')
  const inRooms = rooms.filter((room) => existsSync(join(root, room))).flatMap((room) => filesBelow(root, room))
  return [...atRoot, ...inRooms].map((path) => readSource(path, readFileSync(join(root, path), 'utf8')))
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(
      (entry) => !generated.some((pattern) => pattern.test(`${folder}/${entry.name}${entry.isDirectory() ? '/' : ''}`)),
    )
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return filesBelow(root, path)
      return /\.(ts|tsx|mjs|sol)$/.test(entry.name) ? [path] : []
    })
    .sort()
}
