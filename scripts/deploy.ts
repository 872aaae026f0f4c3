import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Address, encodeDeployData, getContractAddress, type Hex, isAddressEqual, sha256, stringToHex } from 'viem'
import { consortiumAbi, standingAbi } from '#contracts/generated.ts'
import { artifactOf, compileIfNeeded, type DeployedContract } from './street/compile.ts'
import { Complaint, sentenceOf } from './street/complaint.ts'
import { passkeyHost, settings } from './street/config.ts'
import { contractView } from './street/contract-view.ts'
import { address, type Deployment, type NetworkAddresses } from './street/deployment.ts'
import { keyIn } from './street/keys.ts'
import { assertOffices, officesAssigned } from './street/offices.ts'
import { filesOf, logOf, writeJson } from './street/place.ts'
import { blockAt, type Rpc, rpcAt } from './street/rpc.ts'
import {
  chainIdAt,
  feesAt,
  type Receipt,
  type Signed,
  type Signer,
  sentAndSettled,
  signerFor,
} from './street/signing.ts'

/** Terms a consortium is founded on; they never change, but for the ratio. */
export interface Founding {
  /** Whose key acts for the founders, until when (in seconds UTC; at most 366 days from now). */
  readonly foundersKey: Address
  readonly foundersUntil: number
  /** Whose key may pause issuing. */
  readonly guardian: Address
  /** The host name that members' passkeys belong to. */
  readonly passkeyHost: string
  readonly parPerHundredth: bigint
  readonly quarterLengthSeconds: number
  readonly requiredRatioBps: number
  readonly pointsLapse: boolean
}

/** A point is a cent of a money with six decimals; points live five quarters of 91 days; settled shops back 30 %. */
export const usualTerms = {
  parPerHundredth: 100n,
  quarterLengthSeconds: 91 * 86_400,
  requiredRatioBps: 3_000,
  pointsLapse: true,
} as const

export const longestFoundingSeconds = 366 * 86_400

export interface DeployOptions {
  readonly rpc: Rpc
  readonly signer: Signer
  readonly founding: Founding
  /** Money that is there already; without it the street's own is made. */
  readonly money?: Address
  readonly embedded: boolean
  /** Brings transactions onto the chain and answers with their receipts, all of them successful; called in turn. */
  readonly deliver: (signed: readonly Signed[]) => Promise<readonly Receipt[]>
}

// Above what any of them needs, below what one transaction may use since Osaka.
const creationGas = 12_000_000n

/**
 * Deploys a network from one account, whose next nonces fix every address beforehand, hands the offices out, and
 * asserts that each contract stands where the others were told it would and that nobody holds an office beside those
 * named. Returns what DEPLOYMENT_FILE holds.
 */
export async function deployNetwork(options: DeployOptions): Promise<Deployment> {
  const { rpc, signer, founding } = options
  const contracts = foretold(signer, options.money)
  const startBlock = ((await blockAt(rpc, 'latest'))?.number ?? 0) + 1
  const signed: Signed[] = []
  for (const [name, args] of creations(contracts, options)) signed.push(await signer.sign(creation(name, args)))
  signed.push(...(await officesAssigned(signer, contracts, founding.guardian)))
  // A block has room for some of them.
  for (let from = 0; from < signed.length; from += 6) await options.deliver(signed.slice(from, from + 6))
  await assertStanding(rpc, contracts)
  await assertOffices(rpc, contracts, { guardian: founding.guardian, startBlock })
  return { ...(await factsOf(rpc, contracts)), startBlock, embedded: options.embedded, confirmations: 1 }
}

/** Where the contracts will stand: in the order of `creations`, money that is there already left out. */
function foretold(signer: Signer, money: Address | undefined): NetworkAddresses {
  let nonce = BigInt(signer.nextNonce())
  const next = (): Address => getContractAddress({ from: signer.address, nonce: nonce++ })
  const authority = next()
  const network = {
    money: money ?? next(),
    consortium: next(),
    factory: next(),
    issuance: next(),
    redemptions: next(),
    clearingHouse: next(),
    standing: next(),
    membership: next(),
    accounts: next(),
    rewards: next(),
  }
  // The standing brings its log along, as the first thing it creates.
  const scoreLog = getContractAddress({ from: network.standing, nonce: 1n })
  return { ...network, scoreLog, authority, board: next(), founders: next(), courier: next() }
}

function creations(contracts: NetworkAddresses, options: DeployOptions): [DeployedContract, readonly unknown[]][] {
  const { founding, signer, money } = options
  const { scoreLog: _, authority, board: __, founders: ___, courier: ____, ...network } = contracts
  const terms = {
    par: founding.parPerHundredth,
    quarterLength: founding.quarterLengthSeconds,
    authority,
    requiredRatioBps: founding.requiredRatioBps,
    pointsLapse: founding.pointsLapse,
  }
  const known = [network.consortium]
  return [
    ['Authority', [signer.address]],
    ...(money === undefined ? [['StreetMoney', []] satisfies [DeployedContract, readonly unknown[]]] : []),
    ['Consortium', [network, terms]],
    ['PointsFactory', known],
    ['Issuance', known],
    ['Redemptions', known],
    ['ClearingHouse', known],
    ['Standing', known],
    ['Membership', known],
    ['MemberAccounts', [network.consortium, sha256(stringToHex(founding.passkeyHost))]],
    ['Rewards', known],
    ['Board', [network.membership, authority]],
    ['Founders', [network.consortium, founding.foundersKey, founding.foundersUntil]],
    ['Courier', []],
  ]
}

function creation(name: DeployedContract, args: readonly unknown[]) {
  const { abi, bytecode } = artifactOf(name)
  return { data: encodeDeployData({ abi, bytecode, args }), gas: creationGas, purpose: `deploy ${name}` }
}

/** Code at every address, a consortium that names all it knows of, and a standing that names its log. */
async function assertStanding(rpc: Rpc, network: NetworkAddresses): Promise<void> {
  const places: [string, Address][] = Object.entries(network)
  const codes = await rpc.askAll<Hex>(
    places.map(([, address]) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
  )
  for (const [index, [name, address]] of places.entries()) {
    if (codes[index] === '0x') throw new Complaint(`There is no contract where ${name} should stand: ${address}.`)
  }
  const named = await contractView(rpc, consortiumAbi, network.consortium).read('network', [])
  for (const [name, address] of Object.entries(named)) {
    if (!isAddressEqual(network[name as keyof typeof named], address)) {
      throw new Complaint(`The consortium at ${network.consortium} names another contract as its ${name}.`)
    }
  }
  const { standing, scoreLog } = network
  if (!isAddressEqual(await contractView(rpc, standingAbi, standing).read('scoreLog', []), scoreLog)) {
    throw new Complaint(`The standing at ${standing} names another contract as its log of score runs.`)
  }
}

async function factsOf(rpc: Rpc, network: NetworkAddresses) {
  const money = contractView(rpc, moneyAbi, network.money)
  const genesis = await blockAt(rpc, 0)
  if (genesis === undefined) throw new Complaint('The node does not know the first block of its chain.')
  return {
    chainId: Number(await rpc.ask<string>('eth_chainId')),
    genesisHash: genesis.hash,
    parPerHundredth: (await contractView(rpc, consortiumAbi, network.consortium).read('par', [])).toString(),
    moneyDecimals: await money.read('decimals', []),
    moneySymbol: await moneySignOf(money.read('symbol', [])),
    contracts: network,
  }
}

/** What people see beside an amount; the street's own money is the euro in all but worth. */
const moneySignOf = async (symbol: Promise<string>): Promise<string> => {
  const said = await symbol
  return said === 'SEUR' ? 'EUR' : said
}

const moneyAbi = [
  { type: 'function', name: 'decimals', inputs: [], outputs: [{ type: 'uint8' }], stateMutability: 'view' },
  { type: 'function', name: 'symbol', inputs: [], outputs: [{ type: 'string' }], stateMutability: 'view' },
] as const

/** Checks that a deployment file belongs to the chain that answers at `rpc`. */
export async function assertDeployed(rpc: Rpc, deployment: Deployment): Promise<void> {
  const chainId = await chainIdAt(rpc.url)
  const genesis = await blockAt(rpc, 0)
  if (chainId !== deployment.chainId || genesis?.hash !== deployment.genesisHash) {
    throw new Complaint(
      `The chain at ${rpc.url} (id ${chainId}, first block ${genesis?.hash ?? 'unknown'}) is not the one of the ` +
        `deployment file (id ${deployment.chainId}, first block ${deployment.genesisHash}).`,
    )
  }
  await assertStanding(rpc, deployment.contracts)
}

const usage = `node scripts/deploy.ts --rpc-url URL --key-file FILE --founders ADDRESS --guardian ADDRESS
  --money ADDRESS --out FILE
Deploys a network on a chain of your own and writes the file that DEPLOYMENT_FILE names. For 366 days the founders’ key
decides; then the shops do, by vote. Members’ passkeys belong to RP_ID, or to the host of PUBLIC_ORIGIN.`

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const options = {
    'rpc-url': text,
    'key-file': text,
    founders: text,
    guardian: text,
    money: text,
    out: text,
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ options })
  const { 'rpc-url': url, 'key-file': keyFile, founders, guardian, money, out } = values
  if (values.help === true || !url || !keyFile || !founders || !guardian || !money || !out) {
    console.log(usage)
    process.exitCode = values.help === true ? 0 : 1
    return
  }
  if (!existsSync(keyFile)) throw new Complaint(`There is no key file at ${keyFile}.`)
  await compileIfNeeded({ log: logOf(filesOf('.data'), 'compiler') }, (work) => work())
  const rpc = rpcAt(url)
  const chainId = await chainIdAt(url)
  const signer = await signerFor(rpc, keyIn(keyFile), chainId, await feesAt(rpc))
  const now = (await blockAt(rpc, 'latest'))?.time ?? 0
  const deployment = await deployNetwork({
    rpc,
    signer,
    founding: {
      ...usualTerms,
      foundersKey: address.parse(founders),
      foundersUntil: now + longestFoundingSeconds,
      guardian: address.parse(guardian),
      passkeyHost: passkeyHost(settings()),
    },
    money: address.parse(money),
    embedded: false,
    deliver: (signed) => sentAndSettled(rpc, signed),
  })
  writeJson(out, deployment)
  console.log(`The network stands on chain ${deployment.chainId} from block ${deployment.startBlock}; see ${out}.`)
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    console.error(`highstreet: ${sentenceOf(error)}`)
    process.exitCode = 1
  })
}
