import type pg from 'pg'
import { type Address, type Hex, isAddressEqual } from 'viem'
import { clearingHouseAbi, consortiumAbi, issuanceAbi, shopPointsAbi, shopStatusNames } from '#contracts/generated.ts'
import { Complaint } from '../complaint.ts'
import { contractView } from '../contract-view.ts'
import type { Deployment } from '../deployment.ts'
import { addressOfKey, keyFrom } from '../keys.ts'
import { writeShopProfile, writeTillProfile } from '../portal-rows.ts'
import type { Rpc } from '../rpc.ts'
import type { Officers } from './officers.ts'
import type { Part } from './plan.ts'

/** A part of a file with a shop and an import key that may issue it. */
export interface Target extends Part {
  readonly shop: number
  readonly till: number
  readonly tillKey: Hex
  readonly token: Address
  /** Whether the shop was made for this file, so that all its points come from it. */
  readonly origin: 'made' | 'given'
}

export interface PrepareOptions {
  readonly rpc: Rpc
  readonly db: pg.Pool
  readonly deployment: Deployment
  readonly officers: Officers | undefined
  readonly secret: string
  readonly fileHash: Buffer
  readonly fileName: string
}

/** Everything a part needs before its first sale: shop, limit, import key, reserve. What is there already stays. */
export async function prepare(part: Part, options: PrepareOptions): Promise<Target> {
  const name = `${options.fileHash.toString('hex')} ${part.label}`
  const ownerKey = keyFrom(options.secret, `owner ${name}`)
  const shop = part.shop ?? (await shopFor(part, ownerKey, options))
  const consortium = contractView(options.rpc, consortiumAbi, options.deployment.contracts.consortium)
  const standing = await consortium.read('shopOf', [shop])
  const status = shopStatusNames[standing.status]
  if (status !== 'Active') throw new Complaint(`${part.name} is ${status}, so it issues no points now.`)
  const origin = isAddressEqual(standing.owner, addressOfKey(ownerKey)) ? 'made' : 'given'
  const largest = part.rows.reduce((most, row) => (row.points > most ? row.points : most), 0n)
  if (largest > BigInt(standing.receiptLimit)) {
    if (origin === 'given' || options.officers === undefined) throw overLimit(part, BigInt(standing.receiptLimit))
    await options.officers.raiseReceiptLimit(ownerKey, shop, largest)
  }
  const tillKey = keyFrom(options.secret, `import key ${name}`)
  const till = await importKeyFor(
    part,
    { shop, key: addressOfKey(tillKey), ownerKey: origin === 'made' ? ownerKey : undefined },
    options,
  )
  await fund(part, { shop, till, token: standing.points }, options)
  await writeTillProfile(options.db, { shop, till, name: 'Past sales', cashier: options.fileName })
  await options.db.query(
    `INSERT INTO portal.import_file (shop, file_hash, name, till, rows, started_at) VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (shop, file_hash) DO NOTHING`,
    [shop, options.fileHash, options.fileName, till, part.rows.length],
  )
  return { ...part, shop, till, tillKey, token: standing.points, origin }
}

function overLimit(part: Part, limit: bigint): Complaint {
  const row = part.rows.find((one) => one.points > limit)
  return new Complaint(
    `Row ${row?.row} would give ${row?.points} hundredths of a point, but ${part.name} allows ${limit} per receipt: ` +
      'its owner has to raise that limit first.',
  )
}

/** The shop made for this part, now or in an earlier, interrupted run; its owner's key tells. */
async function shopFor(part: Part, ownerKey: Hex, options: PrepareOptions): Promise<number> {
  const { rpc, deployment, officers, db } = options
  const owner = addressOfKey(ownerKey)
  const found = await shopOwnedBy(rpc, deployment, owner)
  if (found === undefined && officers === undefined) {
    throw new Complaint(
      `${part.name} is not on this street, and on a chain of your own nobody here may admit it: let ${owner} apply ` +
        'and the board admit it, or name a shop of the street with --shop.',
    )
  }
  if (found === undefined) await officers?.applyAsShop(ownerKey)
  const shop = found ?? (await shopOwnedBy(rpc, deployment, owner))
  if (shop === undefined) throw new Error(`the application of ${part.name} is not on the chain`)
  const view = contractView(rpc, consortiumAbi, deployment.contracts.consortium)
  const { status } = await view.read('shopOf', [shop])
  if (shopStatusNames[status] === 'Applied') {
    if (officers === undefined) throw new Complaint(`The board has not admitted ${part.name} (shop ${shop}) yet.`)
    await officers.admit(shop)
  }
  const { name, earnRate } = part
  const hue = (shop * 67) % 360
  await writeShopProfile(db, { shop, name, trade: 'Shop', street: 'Past sales', hue, earnRate, isCharity: false })
  return shop
}

async function shopOwnedBy(rpc: Rpc, deployment: Deployment, owner: Address): Promise<number | undefined> {
  const view = contractView(rpc, consortiumAbi, deployment.contracts.consortium)
  const count = await view.read('shopCount', [])
  const calls = Array.from({ length: count }, (_, place) => [place + 1] as const)
  const shops = await view.readMany('shopOf', calls)
  const place = shops.findIndex((shop) => isAddressEqual(shop.owner, owner))
  return place < 0 ? undefined : place + 1
}

interface WantedKey {
  readonly shop: number
  readonly key: Address
  /** Signs for the shop; undefined where the shop was there before. */
  readonly ownerKey: Hex | undefined
}

async function importKeyFor(part: Part, wanted: WantedKey, options: PrepareOptions): Promise<number> {
  const found = await tillWithKey(options, wanted)
  if (found !== undefined) return found
  // A budget of nothing is no budget; a file that gives no points needs some all the same.
  const budget = part.points > 0n ? part.points : 1n
  if (options.officers === undefined) {
    throw new Complaint(
      `Nobody here may approve an import on a chain of your own: let the owner of shop ${wanted.shop} ask for the ` +
        `import key ${wanted.key} with a budget of ${budget} hundredths of a point and the board approve it, then ` +
        'run this again.',
    )
  }
  await options.officers.bringImportKey(wanted, budget)
  const till = await tillWithKey(options, wanted)
  if (till === undefined) throw new Error(`the import key of shop ${wanted.shop} is not on the chain`)
  return till
}

async function tillWithKey(options: PrepareOptions, wanted: WantedKey): Promise<number | undefined> {
  const view = contractView(options.rpc, consortiumAbi, options.deployment.contracts.consortium)
  const count = await view.read('tillCount', [wanted.shop])
  const calls = Array.from({ length: count }, (_, place) => [wanted.shop, place + 1] as const)
  const tills = await view.readMany('tillOf', calls)
  const place = tills.findIndex((till) => isAddressEqual(till.key, wanted.key))
  return place < 0 ? undefined : place + 1
}

/** Locks what is missing so that every point still to be issued is covered in full. */
async function fund(
  part: Part,
  till: { readonly shop: number; readonly till: number; readonly token: Address },
  options: PrepareOptions,
): Promise<void> {
  const { contracts, parPerHundredth } = options.deployment
  const clearing = contractView(options.rpc, clearingHouseAbi, contracts.clearingHouse)
  const [net, reserve] = await clearing.read('positionOf', [till.shop])
  const alreadyIssued = await contractView(options.rpc, issuanceAbi, contracts.issuance).read('budgetSpent', [
    till.shop,
    till.till,
  ])
  const supply = await contractView(options.rpc, shopPointsAbi, till.token).read('totalSupply', [])
  const toCover = (supply + part.points - alreadyIssued) * BigInt(parPerHundredth)
  const missing = toCover - (reserve + (net < 0n ? net : 0n))
  if (missing <= 0n) return
  if (options.officers === undefined) {
    throw new Complaint(
      `${part.name} needs ${missing} units of money more in its reserve before these sales can give points.`,
    )
  }
  await options.officers.deposit(till.shop, missing)
}
