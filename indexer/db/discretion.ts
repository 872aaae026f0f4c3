/**
 * The parts of addresses that must never be read in a log: passwords, and whatever may be the key of a node's address,
 * which stands in its path, its question or its user. The longest come first, so that no rest of one is left.
 */
export function secretsIn(addresses: readonly string[]): readonly string[] {
  const found = new Set<string>()
  for (const address of addresses) {
    const url = URL.parse(address)
    if (url === null) continue
    const database = url.protocol.startsWith('postgres')
    const parts = database
      ? [url.password]
      : [url.username, url.password, ...url.pathname.split('/'), ...url.searchParams.values()]
    for (const part of parts) {
      for (const spelled of [part, spelledOut(part)]) if (spelled.length >= shortestSecret) found.add(spelled)
    }
  }
  return [...found].sort((one, other) => other.length - one.length)
}

// What is shorter stands in every other word, and is no key.
const shortestSecret = 6

function spelledOut(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A line without these secrets, whoever wrote them into it: the last door before a log. */
export function withheld(secrets: readonly string[]): (line: string) => string {
  return (line) => secrets.reduce((kept, secret) => kept.replaceAll(secret, '[withheld]'), line)
}
