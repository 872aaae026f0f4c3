import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Address, encodeFunctionData, type Hex, keccak256, stringToHex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  authorityAbi,
  boardAbi,
  consortiumAbi,
  foundersAbi,
  gasSponsorAbi,
  scoreLogAbi,
  standingAbi,
} from '#contracts/generated.ts'
import { offices } from '#contracts/offices.ts'
import { policyOn } from '#indexer/rescore/policy-in-force.ts'
import { foundingPolicy, policyHash } from '#indexer/scoring/board-policy.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { assertDeployed, deployNetwork, longestFoundingSeconds, usualTerms } from '../../scripts/deploy.ts'
import { deploySponsor } from '../../scripts/sponsor.ts'
import { adoptPolicy } from '../../scripts/street/board-policy.ts'
import { chainKindHere, type EmbeddedChain, endow, letClockRun, startChain } from '../../scripts/street/chain.ts'
import { compileIfNeeded } from '../../scripts/street/compile.ts'
import { readSettings } from '../../scripts/street/config.ts'
import { contractView } from '../../scripts/street/contract-view.ts'
import { type Deployment, readDeployment } from '../../scripts/street/deployment.ts'
import { plantEntryPoint } from '../../scripts/street/entry-point.ts'
import { addressOfKey, keyFrom } from '../../scripts/street/keys.ts'
import { nodeToAsk } from '../../scripts/street/nodes.ts'
import { assertOffices } from '../../scripts/street/offices.ts'
import { filesOf, logOf, writeJson } from '../../scripts/street/place.ts'
import { freePort } from '../../scripts/street/ports.ts'
import { endProcess, startChild } from '../../scripts/street/processes.ts'
import { type Signer, sentAndSettled, signerFor } from '../../scripts/street/signing.ts'
import { dataFolder, runScript } from './start-street.ts'

const patienceMs = 240_000
const key: Hex = keyFrom('deploy test', 'deployer')
const foundersKey = addressOfKey(keyFrom('deploy test', 'founders'))
const guardian = addressOfKey(keyFrom('deploy test', 'guardian'))
let folder: string
let chain: EmbeddedChain
let signer: Signer
let deployment: Deployment
let genesisTime: number

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-deploy-'))
  const files = filesOf(folder)
  await compileIfNeeded({ log: logOf(files, 'compiler') }, (work) => work())
  genesisTime = Math.floor(Date.now() / 1000) - 3_600
  chain = await startChain({ kind: chainKindHere(), files, port: await freePort(), genesisTime, start: startChild })
  signer = await signerFor(chain.rpc, key, 31_337)
  await endow(chain, signer.address)
  await letClockRun(chain)
  deployment = await deployNetwork({
    rpc: chain.rpc,
    signer,
    founding: {
      ...usualTerms,
      foundersKey,
      foundersUntil: genesisTime + longestFoundingSeconds,
      guardian,
      passkeyHost: 'localhost',
    },
    embedded: false,
    deliver: (signed) => sentAndSettled(chain.rpc, signed),
  })
}, patienceMs)

afterAll(async () => {
  await endProcess(chain.child)
  rmSync(folder, { recursive: true, force: true })
})

test('every contract stands where the others were told it would', async () => {
  const named = await contractView(chain.rpc, consortiumAbi, deployment.contracts.consortium).read('network', [])
  const { scoreLog, authority: _, board: __, founders: ___, courier: ____, ...network } = deployment.contracts
  expect(named).toEqual(network)
  const { standing } = network
  expect(await contractView(chain.rpc, standingAbi, standing).read('scoreLog', [])).toBe(scoreLog)
  expect(await contractView(chain.rpc, scoreLogAbi, scoreLog).read('runCount', [])).toBe(0)
  await expect(assertDeployed(chain.rpc, deployment)).resolves.toBeUndefined()
})

test('the board alone administers, and whoever deployed holds no office any more', async () => {
  const { authority, board, founders } = deployment.contracts
  const view = contractView(chain.rpc, authorityAbi, authority)
  const holds = async (office: bigint, holder: Address): Promise<boolean> =>
    (await view.read('hasRole', [office, holder]))[0]
  const everybody = [board, founders, guardian, foundersKey, signer.address]
  const held = (office: bigint) => Promise.all(everybody.map((holder) => holds(office, holder)))
  expect(await held(offices.administrator)).toEqual([true, false, false, false, false])
  expect(await held(offices.board)).toEqual([true, true, false, false, false])
  expect(await held(offices.guardian)).toEqual([false, false, true, false, false])
  const phase = contractView(chain.rpc, foundersAbi, founders)
  expect([await phase.read('key', []), await phase.read('endsAt', [])]).toEqual([
    foundersKey,
    genesisTime + longestFoundingSeconds,
  ])
  const { startBlock } = deployment
  await expect(assertOffices(chain.rpc, deployment.contracts, { guardian, startBlock })).resolves.toBeUndefined()
  const mistaken = assertOffices(chain.rpc, deployment.contracts, { guardian: foundersKey, startBlock })
  await expect(mistaken).rejects.toThrow('in other hands')
})

test('a deployment file comes back as it was written, and one of another chain is refused', async () => {
  const path = join(folder, 'deployment.json')
  writeJson(path, deployment)
  expect(readDeployment(path)).toEqual(deployment)
  const other = { ...deployment, genesisHash: `0x${'ab'.repeat(32)}` as const }
  await expect(assertDeployed(chain.rpc, other)).rejects.toThrow('is not the one of the deployment file')
  const { consortium, issuance } = deployment.contracts
  const crossed = { ...deployment, contracts: { ...deployment.contracts, issuance: consortium, consortium: issuance } }
  await expect(assertDeployed(chain.rpc, crossed)).rejects.toThrow()
})

test('a sponsor is deployed for the network where there is an entry point, and pays nothing yet', async () => {
  const officers = { owner: guardian, approver: foundersKey, mostDeposit: 5n }
  const wanted = { rpc: chain.rpc, signer, deployment, ...officers }
  await expect(deploySponsor(wanted)).rejects.toThrow('has no entry point')
  await plantEntryPoint(chain)
  const sponsor = contractView(chain.rpc, gasSponsorAbi, await deploySponsor(wanted))
  expect([await sponsor.read('owner', []), await sponsor.read('signer', [])]).toEqual([guardian, foundersKey])
  expect(await sponsor.read('mostDeposit', [])).toBe(5n)
  expect(await sponsor.read('budgets', [])).toEqual([0n, 0n])
})

test('a file that says nothing of a network is refused in a sentence', () => {
  const path = join(folder, 'broken.json')
  writeFileSync(path, '{"chainId": 1}')
  expect(() => readDeployment(path)).toThrow('does not say where a network stands')
  expect(() => readDeployment('/nowhere.json')).toThrow('There is no deployment file')
})

test('of several nodes the first that answers is asked, and none may stand on another chain', async () => {
  const [away, here] = ['http://127.0.0.1:1/', chain.rpc.url]
  const said: string[] = []
  const ask = (nodes: readonly string[], of = deployment) =>
    nodeToAsk({ rpcUrl: nodes[0] ?? '', nodes, deploymentFile: '' }, of, (sentence) => said.push(sentence))
  expect(await ask([away, here])).toBe(here)
  expect(said).toEqual(['node 1 of RPC_URLS does not answer; the others stand in'])
  const other = { ...deployment, genesisHash: `0x${'ab'.repeat(32)}` as const }
  await expect(ask([away, here], other)).rejects.toThrow('What answers as node 2 of RPC_URLS is not the chain')
  await expect(ask([away, 'http://127.0.0.1:2/'])).rejects.toThrow('None of the nodes that RPC_URLS names answers.')
})

test.each([
  [{ RPC_URLS: 'http://a.example, nonsense', DEPLOYMENT_FILE: 'x' }, 'RPC_URLS must be http:// addresses'],
  [{ RPC_URLS: 'http://a.example,', DEPLOYMENT_FILE: 'x' }, 'RPC_URLS must be http:// addresses'],
  [{ RPC_URLS: 'http://a.example, http://a.example', DEPLOYMENT_FILE: 'x' }, 'RPC_URLS names a node twice'],
  [{ RPC_URLS: 'http://a.example' }, 'belong together'],
])('nodes that cannot be asked: %j', (environment, sentence) => {
  expect(() => readSettings(environment)).toThrow(sentence)
})

test('a street opens on a chain of one’s own, without deploying or inhabiting anything', {
  timeout: patienceMs,
}, async () => {
  const keyFile = join(folder, 'key')
  const out = join(folder, 'outside.json')
  writeFileSync(keyFile, key)
  const args = ['--rpc-url', chain.rpc.url, '--key-file', keyFile, '--founders', foundersKey, '--guardian', guardian]
  const deployed = await runScript('deploy', [...args, '--money', deployment.contracts.money, '--out', out]).ended
  expect(deployed.complaint).toBe('')
  expect(readDeployment(out)).toMatchObject({ embedded: false, moneyDecimals: 6 })

  const data = dataFolder()
  const nodes = `http://127.0.0.1:1,${chain.rpc.url}`
  const env = { RPC_URLS: nodes, DEPLOYMENT_FILE: out, RELAYER_KEY_FILE: keyFile }
  const street = runScript('start', ['--data', data.path, '--port', '0'], env)
  try {
    await street.until('Highstreet is open')
    const { processes, rpcUrl } = data.running()
    expect(processes.map((one) => one.role)).not.toContain('chain')
    expect(rpcUrl).toBe(chain.rpc.url)
    for (const { pid } of processes.filter(({ role }) => role === 'indexer' || role === 'relayer')) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).toContain(`RPC_URLS=${nodes}`)
    }
    const sales = join(folder, 'sales.csv')
    writeFileSync(sales, 'member,time,amount\nA,2025-01-01,1\n')
    const refused = await runScript('replay', [sales, '--data', data.path], env).ended
    expect(refused.code).toBe(1)
    expect(refused.complaint).toContain('on a chain of your own nobody here may admit it')
  } finally {
    street.child.kill('SIGTERM')
    await street.ended
    await data.remove()
  }
})

test('S18: a policy is taken over once the board has carried it out on the chain, and not before', {
  timeout: patienceMs,
}, async () => {
  const { board, consortium, founders, scoreLog } = deployment.contracts
  const [founder, owner] = await Promise.all(
    ['founders', 'owner'].map((name) => signerFor(chain.rpc, keyFrom('deploy test', name), 31_337)),
  )
  if (founder === undefined || owner === undefined) throw new Error('nobody signs')
  for (const one of [founder, owner]) await endow(chain, one.address)
  const act = async (who: Signer, to: Address, data: Hex) => {
    await sentAndSettled(chain.rpc, [await who.sign({ to, data, gas: 8_000_000n, purpose: 'decide' })])
  }
  const later = (seconds: number) => chain.rpc.ask('evm_increaseTime', [seconds])
  // Nothing after this needs a block a second.
  await chain.rpc.ask('evm_setAutomine', [true])
  await act(owner, consortium, encodeFunctionData({ abi: consortiumAbi, functionName: 'applyToJoin' }))
  const admitted = encodeFunctionData({ abi: consortiumAbi, functionName: 'admit', args: [1, false] })
  await act(
    founder,
    founders,
    encodeFunctionData({ abi: foundersAbi, functionName: 'act', args: [consortium, admitted] }),
  )

  const database = await testDatabase()
  const indexer = new pg.Client({ connectionString: database.urls.indexer })
  await indexer.connect()
  try {
    const multiplier = { mostPercent: 150, changeDays: 14, mostChange: 25 }
    const document = JSON.stringify({ version: 2, date: '2026-01-01', multiplier })
    const adopt = (text: string) =>
      adoptPolicy({ rpc: chain.rpc, board, startBlock: deployment.startBlock }, database.urls.owner, text)
    await expect(adopt(document)).rejects.toThrow('nobody has proposed it')
    // The scorer is appointed under the policy: a decision needs an act.
    const appoint = encodeFunctionData({ abi: scoreLogAbi, functionName: 'appointScorer', args: [owner.address] })
    const [targets, values, acts] = [[scoreLog], [0n], [appoint]] as const
    const hash = policyHash(document)
    const decision = [targets, values, acts, keccak256(stringToHex(hash))] as const
    const abi = boardAbi
    const proposal = await contractView(chain.rpc, abi, board).read('hashProposal', decision)
    const args = [targets, values, acts, hash] as const
    // The vote of a shop counts from the second after it was admitted.
    await later(2)
    await act(owner, board, encodeFunctionData({ abi, functionName: 'propose', args }))
    await later(86_400 + 60)
    await act(owner, board, encodeFunctionData({ abi, functionName: 'castVote', args: [proposal, 1] }))
    await expect(adopt(document)).rejects.toThrow('what was proposed is being voted on')
    await later(7 * 86_400 + 60)
    await act(owner, board, encodeFunctionData({ abi, functionName: 'queue', args: decision }))
    await expect(adopt(document)).rejects.toThrow('queued')
    await later(8 * 86_400 + 60)
    await act(owner, board, encodeFunctionData({ abi, functionName: 'execute', args: decision }))

    const adopted = await adopt(document)
    expect(adopted).toMatchObject({ version: 2, proposal, was: 'adopted' })
    expect(await adopt(document)).toMatchObject({ version: 2, was: 'there already' })
    await expect(adopt(`${document} `)).rejects.toThrow('nobody has proposed it')
    await expect(adopt('{"version": 2}')).rejects.toThrow('This is no policy')
    expect(await policyOn(indexer, adopted.fromDay - 1)).toEqual(foundingPolicy)
    expect(await policyOn(indexer, adopted.fromDay)).toMatchObject({ version: 2, multiplier })
    const owns = new pg.Client({ connectionString: database.urls.owner })
    await owns.connect()
    await owns.query(`UPDATE portal.board_policy SET document = replace(document, '150', '900')`)
    await owns.end()
    await expect(policyOn(indexer, adopted.fromDay)).rejects.toThrow('is not what was decided')
  } finally {
    await indexer.end()
    await database.drop()
  }
})
