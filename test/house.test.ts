import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { sentenceOf } from './support/house/finding.ts'
import { checkHouse, type Exception } from './support/house/rules.ts'
import { readSource } from './support/house/source.ts'
import { readTree } from './support/house/tree.ts'

/** Where a rule is not kept, and why that is better. One that is no longer needed is reported. */
const exceptions: readonly Exception[] = []

test('every file keeps the rules of the house', () => {
  const sources = readTree(fileURLToPath(new URL('..', import.meta.url)))
  expect(sources.length).toBeGreaterThan(20)
  expect(checkHouse(sources, exceptions).map(sentenceOf)).toEqual([])
})

/** What the checker says of files given as text, by path. */
function say(files: Readonly<Record<string, string>>, excused: readonly Exception[] = []): string[] {
  const sources = Object.entries(files).map(([path, text]) => readSource(path, text))
  return checkHouse(sources, excused).map(sentenceOf)
}

describe('the checker sees what it forbids', () => {
  const clean = { 'indexer/db/client.ts': 'export const one = 1\n', 'contracts/terms.ts': 'export const two = 2\n' }

  test('and says nothing of what it allows', () => {
    const ledger = "import { one } from '#indexer/db/client.ts'\nexport const rows = one\n"
    expect(say({ ...clean, 'indexer/ledger/record.ts': ledger })).toEqual([])
  })

  const planted: { readonly what: string; readonly path: string; readonly text: string; readonly says: RegExp }[] = [
    {
      what: 'a door that is not there',
      path: 'indexer/scoring/score.ts',
      text: "import { one } from '#indexer/db/client.ts'\nexport const score = one\n",
      says: /score\.ts:1 \[doors\] indexer\/scoring looks into indexer\/db; it may look into: nothing/,
    },
    {
      what: 'the same door by a relative path',
      path: 'web/app/page.tsx',
      text: "import { one } from '../../indexer/db/client.ts'\nexport default () => <p>{one}</p>\n",
      says: /page\.tsx:1 \[doors\] web\/app looks into indexer\/db/,
    },
    {
      what: 'a door opened for a type alone',
      path: 'web/ui/key.ts',
      text: "import type { Key } from '#web/relayer/key.ts'\nexport type Held = Key\n",
      says: /\[doors\] web\/ui looks into web\/relayer/,
    },
    {
      what: 'a type looked up in place',
      path: 'web/ui/key.ts',
      text: "export type Held = import('#web/relayer/key.ts').Key\n",
      says: /\[doors\] web\/ui looks into web\/relayer/,
    },
    {
      what: 'an import at run time',
      path: 'scripts/audit.ts',
      text: "const chain = await import('../indexer/chain/logs.ts')\nconsole.log(chain)\n",
      says: /audit\.ts:1 \[doors\] scripts looks into indexer\/chain/,
    },
    {
      what: 'what is passed on',
      path: 'indexer/chain/rows.ts',
      text: "export { one } from '../db/client.ts'\nexport const two = 2\n",
      says: /\[doors\] indexer\/chain looks into indexer\/db/,
    },
    {
      what: 'a room nobody knows',
      path: 'indexer/cellar/box.ts',
      text: 'export const box = 1\n',
      says: /box\.ts:1 \[rooms\] this folder is not a room/,
    },
    {
      what: 'an import without the file’s ending',
      path: 'indexer/ledger/record.ts',
      text: "import { one } from '#indexer/db/client'\nexport const rows = one\n",
      says: /leaves out the file's ending/,
    },
    {
      what: 'a barrel',
      path: 'indexer/chain/index.ts',
      text: "export { two } from '#contracts/terms.ts'\n",
      says: /index\.ts:1 \[barrels\]/,
    },
    {
      what: 'a star',
      path: 'indexer/chain/logs.ts',
      text: "export * from '#contracts/terms.ts'\nexport const three = 3\n",
      says: /logs\.ts:1 \[barrels\]/,
    },
    { what: 'an empty name', path: 'web/lib/x.ts', text: 'export const x = 1\n', says: /\[names\] "lib" says nothing/ },
    { what: 'types.ts', path: 'web/ui/types.ts', text: 'export type X = 1\n', says: /\[names\] "types" says/ },
    {
      what: 'the environment',
      path: 'indexer/db/pool.ts',
      text: "const a = 1\nexport const url = process.env.DATABASE_URL ?? process['env'].A ?? a\n",
      says: /pool\.ts:2 \[environment\]/,
    },
    {
      what: 'the environment taken apart',
      path: 'web/acts/pay.ts',
      text: 'const { env } = process\nexport const key = env.KEY\n',
      says: /pay\.ts:1 \[environment\]/,
    },
    {
      what: 'the environment by its module',
      path: 'web/acts/pay.ts',
      text: "import { env } from 'node:process'\nexport const key = env.KEY\n",
      says: /pay\.ts:1 \[environment\]/,
    },
    {
      what: 'a long file',
      path: 'contracts/fees.ts',
      text: `${'// a line\n'.repeat(301)}export const fee = 1\n`,
      says: /fees\.ts:301 \[lines\] 302 lines; the most is 300/,
    },
    {
      what: 'a long contract',
      path: 'contracts/Fees.sol',
      text: '// a line\n'.repeat(401),
      says: /Fees\.sol:401 \[lines\] 401 lines; the most is 400/,
    },
    {
      what: 'a long function',
      path: 'contracts/fees.ts',
      text: `export function fee() {\n${'  void 0\n'.repeat(70)}}\n`,
      says: /fees\.ts:1 \[functions\] fee has 72 lines; the most is 70/,
    },
    {
      what: 'a long promise',
      path: 'test/fees.test.ts',
      text: `describe('fees', () => {\n  test('are paid', () => {\n${'    void 0\n'.repeat(70)}  })\n})\n`,
      says: /fees\.test\.ts:2 \[functions\] test\('are paid'\) has 72 lines/,
    },
    {
      what: 'a wide line',
      path: 'contracts/Fees.sol',
      text: `// ${'x'.repeat(118)}\n`,
      says: /Fees\.sol:1 \[columns\] 121 columns/,
    },
    { what: 'a long README', path: 'README.md', text: 'x\n'.repeat(151), says: /README\.md:151 \[lines\] 151 lines/ },
  ]
  test.each(planted)('$what', ({ path, text, says }) => {
    const findings = say({ ...clean, [path]: text })
    expect(findings).toContainEqual(expect.stringMatching(says))
  })

  test('a circle of files', () => {
    const files = {
      'indexer/db/first.ts': "import './second.ts'\n",
      'indexer/db/second.ts': "import './third.ts'\n",
      'indexer/db/third.ts': "import './first.ts'\n",
    }
    const way = 'indexer/db/first.ts -> indexer/db/second.ts -> indexer/db/third.ts -> indexer/db/first.ts'
    expect(say(files)).toEqual([`indexer/db/first.ts:1 [circles] a circle of files: ${way}`])
  })

  test('a circle of rooms, though no two files look at each other', () => {
    const files = {
      'web/app/page.ts': "import '#web/ui/button.ts'\n",
      'web/ui/button.ts': 'export const button = 1\n',
      'web/ui/link.ts': "import '#web/app/path.ts'\n",
      'web/app/path.ts': 'export const path = 1\n',
    }
    expect(say(files)).toContainEqual(expect.stringContaining('a circle of rooms: web/app -> web/ui -> web/app'))
  })

  test('an exception excuses its place, and is reported once it excuses nothing', () => {
    const wide = { 'contracts/Fees.sol': `// ${'x'.repeat(118)}\n` }
    const exception = { path: 'contracts/Fees.sol', rule: 'columns', reason: 'a drawing' }
    expect(say(wide, [exception])).toEqual([])
    expect(say(clean, [exception])).toEqual([
      'contracts/Fees.sol:1 [exceptions] the exception from "columns" excuses nothing any more',
    ])
  })
})
