import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, bytes, day, openStreet, type Street } from '#test/web/queries/street.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { beginSession, type Entry, endSession, type Person, sessionUnder } from '#web/acts/session.ts'
import { signOut } from '#web/acts/sign-out.ts'
import { signedInDevices } from '#web/queries/signed-in-devices.ts'

/** Who is inside, for how long, and how they get out again. */

const anna = account(0xa1)
const ben = account(0xb2)
const owner = account(0x101)
const hour = 3_600
const began = new Date('2026-03-01T09:00:00Z')
const later = (seconds: number) => new Date(began.getTime() + seconds * 1000)

let street: Street
beforeAll(async () => {
  street = await openStreet()
  await street.shop(1)
  await street.ledger('till', {
    shop: 1,
    till: 1,
    key: bytes(ben),
    kind: 1,
    budget: 0,
    revoked: false,
    daily_points: 0,
  })
})
afterAll(() => street.close())

const asMember: Entry = {
  account: anna,
  person: { role: 'member', member: anna },
  way: 'wallet',
  device: 'Safari on a Mac',
}
const comesIn = async (more: Partial<Entry> = {}) => await beginSession({ ...asMember, ...more }, { now: began })
const inside = async (token: string, seconds = 1) =>
  (await sessionUnder(token, { now: later(seconds) }))?.person ?? null

describe('a token opens what it was given for, for a while', () => {
  test('the database does not know it', async () => {
    const { token } = await comesIn()
    expect(await inside(token)).toEqual({ role: 'member', member: anna })
    const { rows } = await street.web.query('SELECT * FROM portal.session')
    const secret = Buffer.from(token, 'base64url').subarray(20)
    expect(JSON.stringify(rows)).not.toContain(secret.toString('hex'))
    expect(rows.some((row) => row.token_hash.equals(secret))).toBe(false)
  })

  test('a changed token, one of another account, and a guess are nobody', async () => {
    const { token } = await comesIn()
    const parts = Buffer.from(token, 'base64url')
    const others = [
      Buffer.concat([bytes(ben), parts.subarray(20)]),
      Buffer.concat([parts.subarray(0, 51), Buffer.of((parts[51] ?? 0) ^ 1)]),
      Buffer.concat([parts.subarray(0, 20), Buffer.alloc(32)]),
    ]
    for (const other of others) expect(await inside(other.toString('base64url'))).toBeNull()
    for (const other of [undefined, '', `${token}A`, token.slice(1), 'ö'.repeat(70)]) {
      expect(await sessionUnder(other, { now: later(1) })).toBeNull()
    }
  })

  const people: [Person, Partial<Entry>, number, number][] = [
    [{ role: 'member', member: anna }, {}, 30 * day, 180 * day],
    [{ role: 'owner', shop: 1 }, { account: owner }, 12 * hour, 7 * day],
    [{ role: 'till', shop: 1, till: 1 }, { account: ben }, 12 * hour, 7 * day],
  ]
  test.each(people)('%j: it ends unused, and in the end it ends used', async (person, more, idle, whole) => {
    const unused = await comesIn({ ...more, person })
    expect(unused.lastsSeconds).toBe(whole)
    expect(await inside(unused.token, idle - 1)).toEqual(person)
    const left = await comesIn({ ...more, person })
    expect(await inside(left.token, idle)).toBeNull()
    const used = await comesIn({ ...more, person })
    for (let seconds = idle / 2; seconds < whole; seconds += idle / 2) {
      expect(await inside(used.token, seconds)).toEqual(person)
    }
    expect(await inside(used.token, whole)).toBeNull()
  })

  test('whoever comes in clears away what has ended', async () => {
    const { token } = await comesIn()
    await beginSession(asMember, { now: later(181 * day) })
    const { rows } = await street.web.query('SELECT min(expires_at) AS first FROM portal.session')
    expect(rows[0].first > later(181 * day)).toBe(true)
    expect(await inside(token)).toBeNull()
  })
})

describe('what somebody is, the mirror of the chain says on every visit', () => {
  test.each<[Person, Partial<Entry>]>([
    [{ role: 'owner', shop: 1 }, { account: anna }],
    [{ role: 'owner', shop: 2 }, { account: owner }],
    [{ role: 'till', shop: 1, till: 1 }, { account: owner }],
    [{ role: 'till', shop: 1, till: 2 }, { account: ben }],
  ])('%j is nobody whose account that is not', async (person, more) => {
    expect(await inside((await comesIn({ ...more, person })).token)).toBeNull()
  })

  test('a shop that changed hands shuts out its old owner at once', async () => {
    const { token } = await comesIn({ account: owner, person: { role: 'owner', shop: 1 } })
    expect(await inside(token)).toEqual({ role: 'owner', shop: 1 })
    await street.indexer.query('UPDATE ledger.shop SET owner = $1 WHERE shop = 1', [bytes(ben)])
    expect(await inside(token)).toBeNull()
    await street.indexer.query('UPDATE ledger.shop SET owner = $1 WHERE shop = 1', [bytes(owner)])
  })

  test('a role that is none cannot even be written', async () => {
    await comesIn()
    const forged = street.web.query("UPDATE portal.session SET role = 'admin'")
    await expect(forged).rejects.toMatchObject({ constraint: 'session_role' })
  })

  test('a demo person is nobody where no demo people are offered', async () => {
    expect(await inside((await comesIn({ way: 'demo' })).token)).toBeNull()
  })

  test('a passkey that was taken away takes its sessions with it', async () => {
    const credential = Buffer.from('a passkey')
    const [x, y, user_handle] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), Buffer.alloc(32, 3)]
    const row = { member: bytes(anna), credential_id: credential, x, y, guardian: null, delay_seconds: 0, user_handle }
    await street.web.query(
      `INSERT INTO portal.credential
          (member, credential_id, x, y, guardian, delay_seconds, user_handle, created_at, used_at,
           first)
        VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now(), true)`,
      Object.values(row),
    )
    const { token } = await comesIn({ way: 'passkey', credential })
    expect(await inside(token)).toEqual({ role: 'member', member: anna })
    await street.web.query('DELETE FROM portal.credential')
    expect(await inside(token)).toBeNull()
  })
})

describe('going out', () => {
  const entered = async (token: string) => {
    const session = await sessionUnder(token, { now: later(1) })
    if (!session) throw new Error('nobody is inside')
    return session
  }
  const listed = async (token: string) =>
    await signedInDevices(anna, { tokenHash: (await entered(token)).tokenHash, now: later(1) })

  test('here, and nowhere else', async () => {
    const [phone, desk] = [await comesIn(), await comesIn()]
    expect(await signOut(await entered(phone.token), { which: 'here' })).toEqual({ ended: 1, here: true })
    expect(await inside(phone.token)).toBeNull()
    expect(await inside(desk.token)).not.toBeNull()
  })

  test('everywhere, and nobody else’s', async () => {
    const others = await comesIn({ account: ben, person: { role: 'member', member: ben } })
    const [phone, desk] = [await comesIn({ device: 'Chrome on Android' }), await comesIn()]
    const answer = await signOut(await entered(phone.token), { which: 'everywhere' })
    expect(answer).toMatchObject({ here: true })
    expect(await inside(phone.token)).toBeNull()
    expect(await inside(desk.token)).toBeNull()
    expect(await inside(others.token)).not.toBeNull()
  })

  test('on one of the devices on the list, which is the account’s own', async () => {
    const [phone, desk] = [await comesIn({ device: 'Chrome on Android' }), await comesIn()]
    const list = await listed(desk.token)
    expect(list.map(({ words, here }) => ({ words, here })).toSorted((a) => (a.here ? -1 : 1))).toEqual([
      { words: 'Safari on a Mac', here: true },
      { words: 'Chrome on Android', here: false },
    ])
    const device = list.find(({ here }) => !here)?.name ?? ''
    const stranger = await comesIn({ account: ben, person: { role: 'member', member: ben } })
    const theirs = await entered(stranger.token)
    expect(await signOut(theirs, { which: 'other', device })).toEqual({ ended: 0, here: false })
    expect(await signOut(await entered(desk.token), { which: 'other', device })).toEqual({ ended: 1, here: false })
    expect(await inside(phone.token)).toBeNull()
    expect(await listed(desk.token)).toHaveLength(1)
  })

  test.each([null, {}, { which: 'all' }, { which: 'other', device: "' OR 1=1 --" }])(
    '%j is no way out',
    async (body) => {
      const { token } = await comesIn()
      const answer = await signOut(await entered(token), body)
      expect(isRefusal(answer) && answer.refused).toBe('malformed')
      await endSession(token)
      expect(await inside(token)).toBeNull()
    },
  )
})
