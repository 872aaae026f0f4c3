import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answersIn } from '#indexer/chain/answers.ts'
import { JsonText } from '#indexer/chain/json-text.ts'

const seed = 20261201
const isText = (id: unknown): boolean => id === 1

const anyBatch = fc.tuple(fc.jsonValue(), fc.array(fc.jsonValue()), fc.integer({ min: 0, max: 3 }))

test('a batch is taken apart as JSON.parse would, and what was wanted as text is that text', () => {
  fc.assert(
    fc.property(anyBatch, ([plain, list, indent]) => {
      const batch = [
        { jsonrpc: '2.0', id: 0, result: plain },
        { result: list, 'a "name" \\': [{}, '}]'], id: 1 },
        { id: 2, error: { code: -32_000, message: 'no "block" \\' } },
      ]
      const [first, second, third] = answersIn(Buffer.from(JSON.stringify(batch, null, indent)), isText) ?? []
      expect(first).toEqual({ id: 0, result: JSON.parse(JSON.stringify(plain)) })
      expect(second?.result).toBeInstanceOf(Uint8Array)
      expect(JSON.parse(String(second?.result))).toEqual(JSON.parse(JSON.stringify(list)))
      expect(third).toEqual({ id: 2, error: { code: -32_000, message: 'no "block" \\' } })
    }),
    { seed, numRuns: 200 },
  )
})

test('what was wanted as text and is no list is parsed', () => {
  expect(answersIn(Buffer.from('[{"id":1,"result":null}]'), isText)).toEqual([{ id: 1, result: null }])
})

test.each(['{"id":1,"result":[]}', '[{"id":1,"result":[', '[{"id":1,"resu', '[7]', '', 'busy', '[{"id":x}]'])(
  '%s is left to whoever reads it whole',
  (text) => expect(answersIn(Buffer.from(text), isText)).toBeUndefined(),
)

test('any value is stepped over to its very end', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 2 }), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const json = new JsonText(Buffer.from(`${text} ,7`))
      json.skip()
      expect(json.at).toBe(Buffer.byteLength(text))
    }),
    { seed, numRuns: 300 },
  )
})
