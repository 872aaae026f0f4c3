import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consortiumAbi, scoreLogAbi, standingAbi } from '#contracts/generated.ts'
import { assertDeployed, type Deployment, deployNetwork, readDeployment, usualTerms } from '../../scripts/deploy.ts'
import { chainKindHere, type EmbeddedChain, endow, letClockRun, startChain } from '../../scripts/street/chain.ts'
import { compileIfNeeded } from '../../scripts/street/compile.ts'
import { contractView } from '../../scripts/street/contract-view.ts'
import { keyFrom } from '../../scripts/street/keys.ts'
import { filesOf, logOf, writeJson } from '../../scripts/street/place.ts'
import { freePort } from '../../scripts/street/ports.ts'
import { endProcess, startChild } from '../../scripts/street/processes.ts'
import { type Signer, sentAndSettled, signerFor } from '../../scripts/street/signing.ts'
import { dataFolder, runScript } from './start-street.ts'

const patienceMs = 240_000
const key: Hex = keyFrom('deploy test', 'deployer')
let folder: string
let chain: EmbeddedChain
let signer: Signer
let deployment: Deployment

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-deploy-'))
  const files = filesOf(folder)
  await compileIfNeeded({ log: logOf(files, 'compiler') }, (work) => work())
  const genesisTime = Math.floor(Date.now() / 1000) - 3_600
  chain = await startChain({ kind: chainKindHere(), files, port: await freePort(), genesisTime, start: startChild })
  signer = await signerFor(chain.rpc, key, 31_337)
  await endow(chain, signer.address)
  await letClockRun(chain)
  deployment = await deployNetwork({
    rpc: chain.rpc,
    signer,
    founding: { ...usualTerms, board: signer.address },
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
  const { standing, scoreLog, ...network } = deployment.contracts
  expect(named).toEqual(network)
  if (standing === undefined || scoreLog === undefined) throw new Error('no standing was deployed')
  expect(await contractView(chain.rpc, standingAbi, standing).read('scoreLog', [])).toBe(scoreLog)
  expect(await contractView(chain.rpc, scoreLogAbi, scoreLog).read('runCount', [])).toBe(0)
  await expect(assertDeployed(chain.rpc, deployment)).resolves.toBeUndefined()
})

test('a deployment file comes back as it was written, and one of another chain is refused', async () => {
  const path = join(folder, 'deployment.json')
  writeJson(path, deployment)
  expect(readDeployment(path)).toEqual(deployment)
  // A network that was deployed before there was any standing.
  const { standing: _, scoreLog: __, ...before } = deployment.contracts
  const earlier = { ...deployment, contracts: before }
  writeJson(path, earlier)
  expect(readDeployment(path)).toEqual(earlier)
  await expect(assertDeployed(chain.rpc, earlier)).resolves.toBeUndefined()
  const other = { ...deployment, genesisHash: `0x${'ab'.repeat(32)}` as const }
  await expect(assertDeployed(chain.rpc, other)).rejects.toThrow('is not the one of the deployment file')
  const { consortium, issuance } = deployment.contracts
  const crossed = { ...deployment, contracts: { ...deployment.contracts, issuance: consortium, consortium: issuance } }
  await expect(assertDeployed(chain.rpc, crossed)).rejects.toThrow()
})

test('a file that says nothing of a network is refused in a sentence', () => {
  const path = join(folder, 'broken.json')
  writeFileSync(path, '{"chainId": 1}')
  expect(() => readDeployment(path)).toThrow('does not say where a network stands')
  expect(() => readDeployment('/nowhere.json')).toThrow('There is no deployment file')
})

test('a street opens on a chain of one’s own, without deploying or inhabiting anything', {
  timeout: patienceMs,
}, async () => {
  const keyFile = join(folder, 'key')
  const out = join(folder, 'outside.json')
  writeFileSync(keyFile, key)
  const args = ['--rpc-url', chain.rpc.url, '--key-file', keyFile, '--board', signer.address]
  const deployed = await runScript('deploy', [...args, '--money', deployment.contracts.money, '--out', out]).ended
  expect(deployed.complaint).toBe('')
  expect(readDeployment(out)).toMatchObject({ embedded: false, moneyDecimals: 6 })

  const data = dataFolder()
  const env = { RPC_URL: chain.rpc.url, DEPLOYMENT_FILE: out, RELAYER_KEY_FILE: keyFile }
  const street = runScript('start', ['--data', data.path, '--port', '0'], env)
  try {
    await street.until('Highstreet is open')
    expect(data.running().processes.map((one) => one.role)).not.toContain('chain')
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
