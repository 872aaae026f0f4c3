import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigurationError, readConfig } from '#web/queries/config.ts'
import { readNetwork } from '#web/queries/network.ts'
import { readDemoKeys, withoutKeys } from '#web/queries/people.ts'
import { account, deployment } from './street.ts'

const folder = mkdtempSync(join(tmpdir(), 'highstreet-configuration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const whole = {
  WEB_DATABASE_URL: 'postgresql://highstreet_web:secret@127.0.0.1:5432/street',
  RPC_URL: 'http://127.0.0.1:8545',
  DEPLOYMENT_FILE: '.data/deployment.json',
  PUBLIC_ORIGIN: 'http://localhost:3000/',
  RP_ID: 'localhost',
}

function complaintAbout(environment: Record<string, string | undefined>): ConfigurationError {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('where the portal stands', () => {
  test('is read whole, the origin as a browser sends it, and without demo people unless they are given', () => {
    expect(readConfig(whole)).toMatchObject({ publicOrigin: 'http://localhost:3000', demoPeopleFile: null })
    expect(readConfig({ ...whole, DEMO_PEOPLE_FILE: '' }).demoPeopleFile).toBeNull()
    expect(readConfig({ ...whole, DEMO_PEOPLE_FILE: 'people.json' }).demoPeopleFile).toBe('people.json')
  })

  test('what the network pays for on a day has a usual measure, and another where one is set', () => {
    expect(readConfig(whole).sponsoring).toEqual({ memberGasPerDay: 3_000_000n, networkGasPerDay: 500_000_000n })
    expect(readConfig({ ...whole, SPONSOR_MEMBER_GAS_PER_DAY: '0' }).sponsoring.memberGasPerDay).toBe(0n)
  })

  test('a till left alone locks itself after five minutes, or after what is set', () => {
    expect(readConfig(whole).tillIdleSeconds).toBe(300)
    expect(readConfig({ ...whole, TILL_IDLE_SECONDS: '60' }).tillIdleSeconds).toBe(60)
  })

  test.each(Object.keys(whole))('%s is named when it is missing, in one sentence', (variable) => {
    for (const value of [undefined, '']) {
      const complaint = complaintAbout({ ...whole, [variable]: value })
      expect(complaint).toMatchObject({ variable })
      expect(complaint.message).toMatch(new RegExp(`^${variable} is not set`))
      expect(complaint.message).not.toContain('\n')
    }
  })

  test.each([
    { WEB_DATABASE_URL: 'mysql://highstreet_web:secret@127.0.0.1/street' },
    { RPC_URL: 'ftp://secret' },
    { PUBLIC_ORIGIN: 'http://localhost:3000/secret' },
    { RP_ID: 'http://secret' },
    { SPONSOR_NETWORK_GAS_PER_DAY: '-1' },
    { TILL_IDLE_SECONDS: '5' },
  ])('a wrong value is named but never repeated: it may hold a password', (wrong) => {
    const complaint = complaintAbout({ ...whole, ...wrong })
    expect(complaint.message.startsWith(Object.keys(wrong)[0] ?? '')).toBe(true)
    expect(complaint.message).not.toContain('secret')
  })
})

describe('the deployment', () => {
  test('is read with addresses in small letters and the par value as a whole number', () => {
    const consortium = `0x${'AB'.repeat(20)}`
    const path = file('deployment.json', { ...deployment, contracts: { ...deployment.contracts, consortium } })
    expect(readNetwork(path)).toMatchObject({
      par: 100n,
      startBlock: 1n,
      contracts: { consortium: consortium.toLowerCase() },
    })
  })

  test.each([
    ['is absent', join(folder, 'nowhere.json')],
    ['is not JSON', file('broken.json', '{')],
    ['has a par value of nothing', file('par.json', { ...deployment, parPerHundredth: '0' })],
    ['names no contract', file('contracts.json', { ...deployment, contracts: {} })],
  ])('that %s is complained about by the name of its setting', (_, path) => {
    expect(() => readNetwork(path)).toThrow(/^DEPLOYMENT_FILE /)
  })
})

describe('demo people', () => {
  const privateKey = `0x${'5e'.repeat(32)}`
  const people = {
    members: [{ name: 'Ada', address: account(0xada), privateKey }],
    tills: [{ shop: 1, till: 2, cashier: 'Cleo', privateKey }],
    owners: [{ shop: 1, name: 'Olga', address: account(0x0), privateKey }],
    auditor: { name: 'Audrey' },
    board: { privateKey },
    guardian: { privateKey },
  }

  test('reach a page without their keys, and the keys of the board and the guardian reach nobody', () => {
    const keys = readDemoKeys(file('people.json', people))
    expect(keys.members[0]?.privateKey).toBe(privateKey)
    expect(JSON.stringify(withoutKeys(keys))).not.toContain('5e5e')
    expect(keys).not.toHaveProperty('board')
    expect(keys).not.toHaveProperty('guardian')
  })

  test('in a broken file are complained about without a word of it', () => {
    const path = file('broken-people.json', { ...people, members: [{ privateKey }] })
    expect(() => readDemoKeys(path)).toThrow(/^DEMO_PEOPLE_FILE names a file/)
    expect(() => readDemoKeys(path)).not.toThrow(/5e5e/)
  })
})
