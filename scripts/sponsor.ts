import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Address, encodeDeployData, getContractAddress, isAddressEqual } from 'viem'
import { gasSponsorAbi } from '#contracts/generated.ts'
import { entryPoint } from '#contracts/user-operation.ts'
import { assertDeployed } from './deploy.ts'
import { artifactOf, compileIfNeeded } from './street/compile.ts'
import { Complaint, sentenceOf } from './street/complaint.ts'
import { contractView } from './street/contract-view.ts'
import { address, type Deployment, readDeployment } from './street/deployment.ts'
import { keyIn } from './street/keys.ts'
import { filesOf, logOf } from './street/place.ts'
import { type Rpc, rpcAt } from './street/rpc.ts'
import { chainIdAt, feesAt, type Signer, sentAndSettled, signerFor } from './street/signing.ts'

export interface SponsorOptions {
  readonly rpc: Rpc
  readonly signer: Signer
  readonly deployment: Deployment
  /** Takes the deposit out, sets budgets, appoints whose approval counts. */
  readonly owner: Address
  readonly approver: Address
  /** In the chain's smallest unit. */
  readonly mostDeposit: bigint
}

const creationGas = 5_000_000n

/** Deploys a gas sponsor for a network, where its chain has an entry point; it pays nothing until its owner says so. */
export async function deploySponsor(options: SponsorOptions): Promise<Address> {
  const { rpc, signer, deployment, owner, approver, mostDeposit } = options
  await assertDeployed(rpc, deployment)
  if ((await rpc.ask('eth_getCode', [entryPoint, 'latest'])) === '0x') {
    throw new Complaint(`This chain has no entry point at ${entryPoint}: there is nothing to sponsor.`)
  }
  const { abi, bytecode } = artifactOf('GasSponsor')
  const sponsor = getContractAddress({ from: signer.address, nonce: BigInt(signer.nextNonce()) })
  const args = [deployment.contracts.consortium, owner, approver, mostDeposit]
  const data = encodeDeployData({ abi, bytecode, args })
  await sentAndSettled(rpc, [await signer.sign({ data, gas: creationGas, purpose: 'deploy GasSponsor' })])
  const named = await contractView(rpc, gasSponsorAbi, sponsor).read('accounts', [])
  if (!isAddressEqual(named, deployment.contracts.accounts)) {
    throw new Complaint(`The sponsor at ${sponsor} pays for accounts of another network.`)
  }
  return sponsor
}

const usage = `node scripts/sponsor.ts --rpc-url URL --key-file FILE --deployment FILE --owner ADDRESS
  --approver ADDRESS --most-deposit WEI
Deploys a gas sponsor (docs/acts/sponsor.md) for the network of that deployment file. It is needed for a public bundler
only: what the network brings itself costs members nothing without it. The owner then calls setBudgets, deposit and,
where the bundler asks for it, addStake.`

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const options = {
    'rpc-url': text,
    'key-file': text,
    deployment: text,
    owner: text,
    approver: text,
    'most-deposit': text,
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ options })
  const { 'rpc-url': url, 'key-file': keyFile, deployment, owner, approver, 'most-deposit': most } = values
  if (values.help === true || !url || !keyFile || !deployment || !owner || !approver || !most) {
    console.log(usage)
    process.exitCode = values.help === true ? 0 : 1
    return
  }
  if (!existsSync(keyFile)) throw new Complaint(`There is no key file at ${keyFile}.`)
  if (!/^\d+$/.test(most)) throw new Complaint(`--most-deposit is a whole number of the smallest unit, not ${most}.`)
  await compileIfNeeded({ log: logOf(filesOf('.data'), 'compiler') }, (work) => work())
  const rpc = rpcAt(url)
  const signer = await signerFor(rpc, keyIn(keyFile), await chainIdAt(url), await feesAt(rpc))
  const sponsor = await deploySponsor({
    rpc,
    signer,
    deployment: readDeployment(deployment),
    owner: address.parse(owner),
    approver: address.parse(approver),
    mostDeposit: BigInt(most),
  })
  console.log(`The sponsor stands at ${sponsor} and pays nothing until its owner sets budgets.`)
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(`highstreet: ${sentenceOf(error)}`)
    process.exitCode = 1
  })
}
