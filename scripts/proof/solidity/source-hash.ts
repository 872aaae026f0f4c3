import { createHash } from 'node:crypto'

/** A hash of what a Solidity source says, whatever its comments and its spacing. */
export function sourceHash(text: string): string {
  // Strings are kept as they are, since they may hold what looks like a comment.
  const said = text.replaceAll(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, (_, string) => string ?? ' ')
  return createHash('sha256')
    .update(said.replaceAll(/\s*([^\w$"]|^|$)\s*/g, '$1'))
    .digest('hex')
}

/** One hash for many sources, in one order. */
export function hashOfSources(sources: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256')
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(path).update(sourceHash(text))
  return hash.digest('hex')
}
