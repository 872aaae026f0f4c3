import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Address, encodeDeployData, getContractAddress, type Hex, isAddressEqual } from 'viem'
import { z } from 'zod'
import { consortiumAbi, standingAbi } from '#contracts/generated.ts'
import { artifactOf, compileIfNeeded, type DeployedContract } from './street/compile.ts'
import { Complaint, sentenceOf } from './street/complaint.ts'
import { contractView } from './street/contract-view.ts'
import { keyIn } from './street/keys.ts'
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

export interface NetworkAddresses {
  readonly money: Address
  readonly consortium: Address
  readonly factory: Address
  readonly issuance: Address
  readonly redemptions: Address
  readonly clearingHouse: Address
  /** Tiers and badges, and the log of score runs; a network deployed before there were any has neither. */
  readonly standing?: Address | undefined
  readonly scoreLog?: Address | undefined
}

/** Where a network stands: what every room reads from DEPLOYMENT_FILE. */
export interface Deployment {
  readonly chainId: number
  readonly genesisHash: Hex
  readonly startBlock: number
  readonly embedded: boolean
  readonly confirmations: number
  /** Units of money per 0.01 point. */
  readonly parPerHundredth: string
  readonly moneyDecimals: number
  readonly moneySymbol: string
  readonly contracts: NetworkAddresses
}

/** Terms a consortium is founded on; they never change, but for the ratio. */
export interface Founding {
  readonly board: Address
  readonly parPerHundredth: bigint
  readonly quarterLengthSeconds: number
  readonly requiredRatioBps: number
}

/** A point is a cent of a money with six decimals; points live five quarters of 91 days; settled shops back 30 %. */
export const usualTerms = {
  parPerHundredth: 100n,
  quarterLengthSeconds: 91 * 86_400,
  requiredRatioBps: 3_000,
} as const

export interface DeployOptions {
  readonly rpc: Rpc
  readonly signer: Signer
  readonly founding: Founding
  /** Money that is there already; without it the street's own is made. */
  readonly money?: Address
  readonly embedded: boolean
  /** Brings transactions onto the chain and answers with their receipts, all of them successful. */
  readonly deliver: (signed: readonly Signed[]) => Promise<readonly Receipt[]>
}

// Above what any of them needs, below what one transaction may use since Osaka.
const creationGas = 12_000_000n

/**
 * Deploys a network from one account, whose next nonces fix every address beforehand, and asserts that each contract
 * stands where the others were told it would. Returns what DEPLOYMENT_FILE holds.
 */
export async function deployNetwork(options: DeployOptions): Promise<Deployment> {
  const { rpc, signer, founding } = options
  const first = signer.nextNonce()
  const at = (place: number): Address => getContractAddress({ from: signer.address, nonce: BigInt(first + place) })
  const own = options.money === undefined ? 1 : 0
  const network = {
    money: options.money ?? at(0),
    consortium: at(own),
    factory: at(own + 1),
    issuance: at(own + 2),
    redemptions: at(own + 3),
    clearingHouse: at(own + 4),
  }
  const standing = at(own + 5)
  // The standing brings its log along, as the first thing it creates.
  const contracts = { ...network, standing, scoreLog: getContractAddress({ from: standing, nonce: 1n }) }
  const terms = {
    par: founding.parPerHundredth,
    quarterLength: founding.quarterLengthSeconds,
    board: founding.board,
    requiredRatioBps: founding.requiredRatioBps,
  }
  const startBlock = ((await blockAt(rpc, 'latest'))?.number ?? 0) + 1
  const creations: [DeployedContract, readonly unknown[]][] = [
    ...(own === 1 ? [['StreetMoney', []] satisfies [DeployedContract, readonly unknown[]]] : []),
    ['Consortium', [network, terms]],
    ['PointsFactory', [network.consortium]],
    ['Issuance', [network.consortium]],
    ['Redemptions', [network.consortium]],
    ['ClearingHouse', [network.consortium]],
    ['Standing', [network.consortium]],
  ]
  const signed: Signed[] = []
  for (const [name, args] of creations) signed.push(await signer.sign(creation(name, args)))
  await options.deliver(signed)
  await assertStanding(rpc, contracts)
  return { ...(await factsOf(rpc, contracts)), startBlock, embedded: options.embedded, confirmations: 1 }
}

function creation(name: DeployedContract, args: readonly unknown[]) {
  const { abi, bytecode } = artifactOf(name)
  return { data: encodeDeployData({ abi, bytecode, args }), gas: creationGas, purpose: `deploy ${name}` }
}

/** Code at every address, a consortium that names all it knows of, and a standing that names its log. */
async function assertStanding(rpc: Rpc, network: NetworkAddresses): Promise<void> {
  const places = Object.entries(network).filter((place): place is [string, Address] => place[1] !== undefined)
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
  if (standing === undefined || scoreLog === undefined) return
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

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => text as Address)
const deploymentShape = z.object({
  chainId: z.int().positive(),
  genesisHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((text) => text as Hex),
  startBlock: z.int().nonnegative(),
  embedded: z.boolean(),
  confirmations: z.int().nonnegative(),
  parPerHundredth: z.string().regex(/^\d+$/),
  moneyDecimals: z.int(),
  moneySymbol: z.string(),
  contracts: z.object({
    money: address,
    consortium: address,
    factory: address,
    issuance: address,
    redemptions: address,
    clearingHouse: address,
    standing: address.optional(),
    scoreLog: address.optional(),
  }),
})

/** Reads a deployment file; one that is not there or not whole is the person's to put right. */
export function readDeployment(path: string): Deployment {
  if (!existsSync(path)) throw new Complaint(`There is no deployment file at ${path}.`)
  try {
    return deploymentShape.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new Complaint(`${path} does not say where a network stands: its fields are missing or wrong.`)
  }
}

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

const usage = `node scripts/deploy.ts --rpc-url URL --key-file FILE --board ADDRESS --money ADDRESS --out FILE
Deploys a network on a chain of your own and writes the file that DEPLOYMENT_FILE names.`

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const options = {
    'rpc-url': text,
    'key-file': text,
    board: text,
    money: text,
    out: text,
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ options })
  const { 'rpc-url': url, 'key-file': keyFile, board, money, out } = values
  if (values.help === true || !url || !keyFile || !board || !money || !out) {
    console.log(usage)
    process.exitCode = values.help === true ? 0 : 1
    return
  }
  if (!existsSync(keyFile)) throw new Complaint(`There is no key file at ${keyFile}.`)
  await compileIfNeeded({ log: logOf(filesOf('.data'), 'compiler') }, (work) => work())
  const rpc = rpcAt(url)
  const chainId = await chainIdAt(url)
  const signer = await signerFor(rpc, keyIn(keyFile), chainId, await feesAt(rpc))
  const deployment = await deployNetwork({
    rpc,
    signer,
    founding: { ...usualTerms, board: address.parse(board) },
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
