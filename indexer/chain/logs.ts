import type { Abi, AbiEvent, DecodeEventLogReturnType, Hex } from 'viem'
import {
  clearingHouseAbi,
  consortiumAbi,
  issuanceAbi,
  memberAccountAbi,
  memberAccountsAbi,
  redemptionsAbi,
  shopPointsAbi,
} from '#contracts/generated.ts'
import { topicOf } from './topic.ts'
import { dataReader, type ReadWord, wordReader } from './words.ts'

/** A log as a node gives it. */
export interface RawLog {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
  readonly blockNumber: Hex
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly logIndex: Hex
  readonly removed?: boolean
}

const contracts = {
  consortium: consortiumAbi,
  points: shopPointsAbi,
  issuance: issuanceAbi,
  redemptions: redemptionsAbi,
  clearingHouse: clearingHouseAbi,
  accounts: memberAccountsAbi,
  account: memberAccountAbi,
} as const satisfies Record<string, Abi>

export type ContractKind = keyof typeof contracts

type Decoded = { [kind in ContractKind]: DecodeEventLogReturnType<(typeof contracts)[kind]> }[ContractKind]
type Said<event> = event extends { eventName: infer name; args: infer args }
  ? { readonly name: name; readonly args: args }
  : never

/** Where an event stands on the chain. */
export interface EventPlace {
  readonly blockNumber: number
  readonly logIndex: number
  readonly transactionHash: Hex
  /** The contract that said it, in lower case. */
  readonly address: Hex
}

/** One event of the network. Addresses are in lower case; whole numbers up to 48 bits are number, wider ones bigint. */
export type NetworkEvent = Said<Decoded> & EventPlace
export type EventName = NetworkEvent['name']
export type EventNamed<name extends EventName> = Extract<NetworkEvent, { name: name }>

interface Reading {
  readonly name: string
  /** The values in the topics, in order, each with the name it bears. */
  readonly indexed: readonly { readonly name: string; readonly read: ReadWord }[]
  readonly plain: readonly string[]
  readonly readPlain: (data: Hex) => readonly unknown[]
}

/** What a consortium says when a shop and its point token are admitted. */
export const shopAdmittedTopic = topicNamed(consortiumAbi, 'ShopAdmitted')

/** What the members' accounts say when one of them is deployed. */
export const accountDeployedTopic = topicNamed(memberAccountsAbi, 'AccountDeployed')

function topicNamed(abi: Abi, name: string): Hex {
  return topicOf(abi.find((item) => item.type === 'event' && item.name === name) as AbiEvent)
}

const readings = Object.fromEntries(
  Object.entries(contracts).map(([kind, abi]) => [kind, readingsOf(abi)]),
) as Readonly<Record<ContractKind, ReadonlyMap<string, Reading>>>

function readingsOf(abi: Abi): ReadonlyMap<string, Reading> {
  const events = abi.filter((item): item is AbiEvent => item.type === 'event')
  return new Map(events.map((event) => [topicOf(event), readingOf(event)]))
}

function readingOf(event: AbiEvent): Reading {
  const plain = event.inputs.filter((input) => input.indexed !== true)
  return {
    name: event.name,
    indexed: event.inputs
      .filter((input) => input.indexed === true)
      .map((input) => {
        const read = wordReader(input.type)
        if (read === undefined) throw new Error(`${event.name} indexes a ${input.type}, of which only a hash is kept`)
        return { name: nameOf(input), read }
      }),
    plain: plain.map(nameOf),
    readPlain: dataReader(plain),
  }
}

function nameOf(input: { readonly name?: string | undefined }): string {
  if (input.name === undefined || input.name === '') throw new Error('every value of an event must have a name')
  return input.name
}

/** What a contract said, without its place. */
export type Saying = Pick<RawLog, 'address' | 'topics' | 'data'>

/** Reads one log of a contract of this kind, at the place that the node names. */
export function readLog(kind: ContractKind, log: RawLog): NetworkEvent {
  return readSaying(kind, log, {
    blockNumber: Number.parseInt(log.blockNumber, 16),
    logIndex: Number.parseInt(log.logIndex, 16),
    transactionHash: log.transactionHash,
  })
}

/**
 * Reads what a contract of this kind said at a place that was worked out. What it cannot read is a bug, unless the node
 * made it up: the contracts cannot change.
 */
export function readSaying(kind: ContractKind, log: Saying, place: Omit<EventPlace, 'address'>): NetworkEvent {
  const reading = readings[kind].get(log.topics[0] ?? '')
  if (reading === undefined || log.topics.length !== reading.indexed.length + 1) {
    throw new Error(`${kind} at ${log.address} said something unknown in transaction ${place.transactionHash}`)
  }
  const args: Record<string, unknown> = {}
  for (const [index, value] of reading.indexed.entries())
    args[value.name] = value.read((log.topics[index + 1] ?? '').slice(2))
  const values = reading.readPlain(log.data)
  for (const [index, name] of reading.plain.entries()) args[name] = values[index]
  return {
    name: reading.name,
    args,
    blockNumber: place.blockNumber,
    logIndex: place.logIndex,
    transactionHash: place.transactionHash,
    address: log.address.toLowerCase() as Hex,
    // The tables above were made from the very ABIs that the type was made from.
  } as NetworkEvent
}
