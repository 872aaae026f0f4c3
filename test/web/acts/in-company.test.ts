import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { byItself, inCompany } from '#web/acts/in-company.ts'

interface Served {
  readonly companies: string[][]
  readonly ask: (request: string) => Promise<string>
}

/** Requests are words; what comes before a colon is what they are about. */
function company(together?: (requests: readonly string[]) => Promise<void>): Served {
  const companies: string[][] = []
  const ask = inCompany<string, string>({
    about: (request) => request.split(':')[0] ?? '',
    together: async (requests) => {
      companies.push([...requests])
      await sleep(2)
      await together?.(requests)
      return requests.map((request) => `done ${request}`)
    },
    most: 3,
    paceMs: 10,
  })
  return { companies, ask }
}

test('who comes alone is served at once, who comes meanwhile goes together', async () => {
  const { companies, ask } = company()
  const first = ask('a:1')
  const rest = ['b:1', 'c:1'].map(ask)
  expect(await first).toBe('done a:1')
  expect(await Promise.all(rest)).toEqual(['done b:1', 'done c:1'])
  expect(companies).toEqual([['a:1'], ['b:1', 'c:1']])
})

test('about one thing they come one after the other, in their order, and no company is too large', async () => {
  const { companies, ask } = company()
  const answers = await Promise.all(['z:0', 'a:1', 'a:2', 'b:1', 'a:3', 'c:1', 'd:1'].map(ask))
  expect(answers).toHaveLength(7)
  expect(companies.flat().filter((one) => one.startsWith('a'))).toEqual(['a:1', 'a:2', 'a:3'])
  for (const one of companies) {
    expect(one.length).toBeLessThanOrEqual(3)
    expect(new Set(one.map((request) => request[0])).size).toBe(one.length)
  }
})

test('one that cannot be done spoils nobody else’s', async () => {
  const { ask } = company(async (requests) => {
    if (requests.includes('bad:1')) throw new Error('a bug')
  })
  const told = await Promise.allSettled(['z:0', 'a:1', 'bad:1', 'c:1'].map(ask))
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
})

test('what is away is away for all of them, and the next company is served again', async () => {
  let away = true
  const { ask, companies } = company(async () => {
    if (away) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  })
  const told = await Promise.allSettled(['z:0', 'a:1', 'b:1'].map(ask))
  expect(told.every(({ status }) => status === 'rejected')).toBe(true)
  expect(companies).toHaveLength(2)
  away = false
  expect(await ask('a:2')).toBe('done a:2')
})

test('one company that hangs keeps nobody else waiting, but for those who ask about the same', async () => {
  let letGo: () => void = () => undefined
  const hung = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const { ask, companies } = company((requests) => (requests.includes('a:1') ? hung : Promise.resolve()))
  const first = ask('a:1')
  const second = ask('a:2')
  expect(await Promise.all(['b:1', 'c:1'].map(ask))).toEqual(['done b:1', 'done c:1'])
  expect(companies.flat()).not.toContain('a:2')
  letGo()
  expect(await Promise.all([first, second])).toEqual(['done a:1', 'done a:2'])
})

test('what one of them waits for in vain the others get alone', async () => {
  const { ask } = company(async (requests) => {
    if (requests.includes('locked:1')) throw Object.assign(new Error('lock timeout'), { code: '55P03' })
  })
  const told = await Promise.allSettled(['z:0', 'a:1', 'locked:1'].map(ask))
  expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
})

test('those who join go along with the first about the same, and nobody overtakes who stays behind', async () => {
  const companies: string[][] = []
  const ask = inCompany<string, string>({
    about: (request) => request.split(':')[0] ?? '',
    joins: (first, other) => first.split(':')[1] === other.split(':')[1],
    together: async (requests) => {
      companies.push([...requests])
      await sleep(2)
      return requests.map((request) => `done ${request}`)
    },
    most: 10,
    paceMs: 1,
  })
  await Promise.all(['z:0', 'a:x:1', 'a:x:2', 'b:y', 'a:y:3', 'a:x:4'].map(ask))
  expect(companies).toEqual([['z:0'], ['a:x:1', 'a:x:2', 'b:y'], ['a:y:3'], ['a:x:4']])
})

test('who could not be served in company is served alone, after the others', async () => {
  const companies: string[][] = []
  const ask = inCompany<string, string>({
    about: (request) => request,
    together: async (requests) => {
      companies.push([...requests])
      await sleep(2)
      return requests.map((request) => (request === 'shy' && requests.length > 1 ? byItself : `done ${request}`))
    },
    most: 10,
    paceMs: 1,
  })
  const answers = await Promise.all(['z', 'shy', 'b'].map(ask))
  expect(answers).toEqual(['done z', 'done shy', 'done b'])
  expect(companies).toEqual([['z'], ['shy', 'b'], ['shy']])
})
