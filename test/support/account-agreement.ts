import type pg from 'pg'
import type { Hex } from 'viem'
import { expect } from 'vitest'
import { memberAccountAbi } from '#contracts/generated.ts'
import { read, type TestNetwork } from './network.ts'

const hex = (bytes: Buffer | null): Hex => `0x${(bytes ?? Buffer.alloc(20)).toString('hex')}`
const seconds = (time: Date | null): number => (time === null ? 0 : time.getTime() / 1000)
const leastDelay = 72 * 3_600
const mostDelay = 30 * 86_400

/** Holds all that the books say about members' accounts against what each of these answers. */
export async function expectAccountsAsOnChain(network: TestNetwork, books: pg.Client, when: string): Promise<void> {
  const { rows } = await books.query('SELECT * FROM ledger.account')
  const now = (await network.chain.head()).time
  for (const row of rows) {
    const account = hex(row.account)
    const ask = (
      name: 'nextOrder' | 'nextRecovery' | 'keyCount' | 'recovery' | 'guardianWaiting' | 'recoveryWaiting',
    ) => read(network, memberAccountAbi, account, name, [])
    const keys = await books.query('SELECT * FROM ledger.account_key WHERE account = $1', [row.account])
    const current = keys.rows.filter((key) => key.removed_at === null && key.era === row.era)
    expect(BigInt(current.length), `${when}: keys of ${account}`).toBe(await ask('keyCount'))
    for (const key of keys.rows) {
      const [signs, settledFrom] = await read(network, memberAccountAbi, account, 'keyStanding', [hex(key.key)])
      expect(signs, `${when}: key of ${account}`).toBe(current.includes(key))
      if (signs) expect(settledFrom, `${when}: key of ${account}`).toBe(seconds(key.settled_from))
    }
    expect(BigInt(row.orders), when).toBe(await ask('nextOrder'))
    expect(row.recoveries + 1, when).toBe(await ask('nextRecovery'))
    const inOffice = row.next_from !== null && seconds(row.next_from) <= now ? 'next' : 'chosen'
    const chosen = row[`${inOffice}_from`] !== null
    const guardian = hex(chosen ? row[`${inOffice}_guardian`] : row.first_guardian)
    const first = Math.min(Math.max(Number(row.first_delay), leastDelay), mostDelay)
    const delay = chosen ? Number(row[`${inOffice}_delay`]) : first
    expect((await ask('recovery')) as unknown, `${when}: guardian of ${account}`).toEqual([checked(guardian), delay])
    const waits = row.next_from !== null && seconds(row.next_from) > now
    const toCome = waits ? [hex(row.next_guardian), Number(row.next_delay), seconds(row.next_from)] : [hex(null), 0, 0]
    expect(lower(await ask('guardianWaiting')), `${when}: guardian to come`).toEqual(toCome)
    const none = `0x${'0'.repeat(64)}`
    expect(lower(await ask('recoveryWaiting')), `${when}: change of key`).toEqual(
      row.recovery_ready_at === null
        ? [0, hex(null), none, none, 0]
        : [
            row.recoveries,
            hex(row.recovery_by),
            hex(row.recovery_x),
            hex(row.recovery_y),
            seconds(row.recovery_ready_at),
          ],
    )
  }
}

const lower = (answer: unknown): unknown[] =>
  (answer as readonly unknown[]).map((value) => (typeof value === 'string' ? value.toLowerCase() : value))

const checked = (address: Hex) => expect.stringMatching(new RegExp(`^${address}$`, 'i'))
