import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { batchDigest, hashOfTerms, nextOfList, startOfList, termsDigest } from '#contracts/digests.ts'
import { issue } from '#web/acts/issue.ts'
import { keySigned } from '#web/acts/key-signature.ts'
import { redeem } from '#web/acts/redeem.ts'
import type { Hex } from '#web/acts/wire.ts'
import { network } from '#web/queries/network.ts'

/** The highest number there is room for: nobody's shop. */
const nobodysShop = 2 ** 31 - 1
const mostMs = 800
const atOnce = 8
const aDay = 86_400

/**
 * Does for nobody's shop what tills ask for most, until it has been done often: a process that has just begun is ten
 * times slower at it, and a counter often begins while people wait. Each is refused, and nothing is written.
 */
export async function rehearse(): Promise<void> {
  const end = performance.now() + mostMs
  const account = privateKeyToAccount(generatePrivateKey())
  const address = account.address.toLowerCase() as Hex
  for (let round = 1n; performance.now() < end; round += 1n) {
    const asked = Array.from({ length: atOnce }, (_, till) => till + 1).flatMap(async (till) => {
      const purchase = await purchaseOf(account, { till, round, member: address })
      keySigned(address, purchase.digest, purchase.signature)
      return [await issue(purchase.asked), await redeem(await paymentOf(account, { till, round, member: address }))]
    })
    await Promise.all(asked)
  }
}

type Signer = ReturnType<typeof privateKeyToAccount>
interface Place {
  readonly till: number
  readonly round: bigint
  readonly member: Hex
}

async function purchaseOf(account: Signer, { till, round: first, member }: Place) {
  const soldAt = Math.floor(Date.now() / 1000)
  const entry = { member, points: 10n, spend: 1_000n, soldAt }
  const head = nextOfList(startOfList({ shop: nobodysShop, till, first }), entry)
  const { chainId, contracts } = network()
  const digest = batchDigest(
    { shop: nobodysShop, till, first, count: 1, head },
    { chainId, contract: contracts.issuance },
  )
  const signature = await account.sign({ hash: digest })
  const batch = { firstSequence: `${first}`, count: 1, head, signature }
  const entries = [{ sequence: `${first}`, member, points: '10', spend: '1000', soldAt }]
  return { digest, signature, asked: { shop: nobodysShop, till, batch, entries } }
}

async function paymentOf(account: Signer, { till, round: sequence, member }: Place) {
  const deadline = Math.floor(Date.now() / 1000) + aDay
  const line = { token: member, points: 10n }
  const terms = { member, shop: nobodysShop, till, sequence, purpose: 0, deadline, lines: [line] }
  const { chainId, contracts } = network()
  const digest = termsDigest(hashOfTerms(terms), { chainId, contract: contracts.redemptions })
  const signature = await account.sign({ hash: digest })
  const lines = [{ ...line, points: '10' }]
  const item = { member, sequence: `${sequence}`, purpose: 0, deadline, lines, signature }
  return { shop: nobodysShop, till, item, acceptance: signature }
}
