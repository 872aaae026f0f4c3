import { expect, test } from 'vitest'
import { readConfig, SettingsUnusable } from '#indexer/config.ts'
import { deploymentFile } from '#test/support/indexer.ts'

const deployment = {
  chainId: 31337,
  genesisHash: `0x${'ab'.repeat(32)}`,
  startBlock: 1,
  embedded: true,
  confirmations: 2,
  contracts: {
    consortium: `0x${'1'.repeat(40)}`,
    issuance: `0x${'2'.repeat(40)}`,
    redemptions: `0x${'3'.repeat(40)}`,
    clearingHouse: `0x${'4'.repeat(40)}`,
    accounts: `0x${'5'.repeat(40)}`,
  },
}
const settings = {
  INDEXER_DATABASE_URL: 'postgresql://a:b@127.0.0.1:5432/street',
  RPC_URL: 'http://127.0.0.1:8545',
  DEPLOYMENT_FILE: deploymentFile(deployment),
}

test('settings and deployment together say what to mirror', () => {
  expect(readConfig(settings)).toMatchObject({
    rpcUrls: [settings.RPC_URL],
    embedded: true,
    timeZone: 'Europe/Berlin',
    network: { chainId: 31337, startBlock: 1, confirmations: 2, contracts: deployment.contracts },
  })
  expect(readConfig({ ...settings, CONFIRMATIONS: '12' }).network.confirmations).toBe(12)
})

test('nobody ends the process by force unless the settings say where', () => {
  expect(readConfig(settings).failAt).toBeUndefined()
  expect(readConfig({ ...settings, INDEXER_FAIL_AT: 'afterCommit' }).failAt).toEqual({ point: 'afterCommit', time: 1 })
  expect(readConfig({ ...settings, INDEXER_FAIL_AT: 'leading:3' }).failAt).toEqual({ point: 'leading', time: 3 })
})

test.each([
  ['RPC_URL', { RPC_URL: 'not an address' }],
  ['RPC_URL', { RPC_URL: undefined }],
  ['INDEXER_DATABASE_URL', { INDEXER_DATABASE_URL: undefined }],
  ['CONFIRMATIONS', { CONFIRMATIONS: '0' }],
  ['TIME_ZONE', { TIME_ZONE: 'Mars/Olympus' }],
  ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ['INDEXER_FAIL_AT', { INDEXER_FAIL_AT: 'lunch:1' }],
  ['/nowhere.json', { DEPLOYMENT_FILE: '/nowhere.json' }],
  ['genesisHash', { DEPLOYMENT_FILE: deploymentFile({ ...deployment, genesisHash: '0x12' }) }],
  ['contracts.consortium', { DEPLOYMENT_FILE: deploymentFile({ ...deployment, contracts: {} }) }],
])('a wrong %s is named in one sentence', (named, wrong) => {
  const read = () => readConfig({ ...settings, ...wrong })
  expect(read).toThrow(SettingsUnusable)
  expect(read).toThrow(named)
  expect(read).not.toThrow('\n')
})
