import { numberToHex, toFunctionSelector } from 'viem'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { quickChecks } from '#indexer/audit/checks.ts'
import { auditedBy } from '#indexer/self-checks.ts'
import { AuditedStreet } from '#test/support/audited-street.ts'
import { type LyingNode, lyingNode, refusal } from '#test/support/lying-node.ts'

/** A node that lies to the auditor: what it says is held against what it can prove. */

let street: AuditedStreet
let liar: LyingNode | undefined

beforeAll(async () => {
  street = await AuditedStreet.open()
})
afterEach(() => liar?.close())
afterAll(() => street?.close())

async function ask(lie: Parameters<typeof lyingNode>[1], databaseUrl = street.databaseUrls.indexer) {
  liar = await lyingNode(street.network.chain.url, lie)
  const config = street.config(databaseUrl, liar.url)
  const [sums, samples] = await quickChecks(auditedBy(config), { seed: 'liar', samples: 40 })
  const verdicts = Object.fromEntries(samples?.rulings.map(({ rule, verdict }) => [rule, verdict]) ?? [])
  return { sums, samples, verdicts }
}

const lanesOf = toFunctionSelector('lanesOf(address)')

test('a false balance that the node confirms when asked is found by the proof', async () => {
  const copy = await street.copy()
  const [row] = await copy.question<{ member: string; token: string }>(
    `SELECT encode(b.member, 'hex') AS member, '0x' || encode(t.address, 'hex') AS token
     FROM ledger.balance b JOIN ledger.points_token t USING (shop) WHERE b.stamp = t.quarter AND b.lane0 > 0 LIMIT 1`,
  )
  if (row === undefined) throw new Error('nobody holds points of a running quarter')
  const { member, token } = row
  await copy.tamper(
    `UPDATE ledger.balance SET lane0 = lane0 + 500 WHERE member = '\\x${member}'
       AND shop = (SELECT shop FROM ledger.points_token WHERE address = '\\x${token.slice(2)}')`,
  )
  const { samples, verdicts } = await ask((method, params, result) => {
    const call = params[0] as { to?: string; data?: string }
    if (method !== 'eth_call' || call.to?.toLowerCase() !== token || !call.data?.startsWith(lanesOf)) return result
    if (!call.data.endsWith(member)) return result
    // The first of the answer's words is the newest lane.
    const words = String(result).slice(2)
    return numberToHex(BigInt(`0x${words.slice(0, 64)}`) + 500n, { size: 32 }) + words.slice(64)
  }, copy.config.databaseUrl)
  expect(verdicts).toMatchObject({ header: 'holds', balancesAsked: 'holds', balancesProven: 'differs' })
  expect(samples?.verdict).toBe('differs')
  const proven = samples?.rulings.find(({ rule }) => rule === 'balancesProven')
  expect(proven?.findings[0]?.where).toContain(member)
})

interface StorageProof {
  readonly storageProof: readonly { readonly proof: readonly string[] }[]
}

/** A proof whose last nodes are no longer what their parents name. */
const spoiled = (proof: StorageProof): StorageProof => ({
  ...proof,
  storageProof: proof.storageProof.map((slot) => ({
    ...slot,
    proof: slot.proof.map((node, index) => (index === slot.proof.length - 1 ? `${node.slice(0, -2)}ff` : node)),
  })),
})

test('a proof that is forged proves nothing, and is named', async () => {
  const { verdicts, samples } = await ask((method, _, result) =>
    method === 'eth_getProof' ? spoiled(result as StorageProof) : result,
  )
  expect(verdicts).toMatchObject({ balancesAsked: 'holds', balancesProven: 'differs', shopsProven: 'differs' })
  const proven = samples?.rulings.find(({ rule }) => rule === 'balancesProven')
  expect(proven?.findings[0]?.chain).toMatch(/^proves nothing: .+/)
})

test('a proof that a node muddled while it mined is asked for again', async () => {
  const muddled = new Set<string>()
  const { verdicts } = await ask((method, params, result) => {
    const question = JSON.stringify(params)
    if (method !== 'eth_getProof' || muddled.has(question)) return result
    muddled.add(question)
    return spoiled(result as StorageProof)
  })
  expect(muddled.size).toBeGreaterThan(0)
  expect(verdicts).toMatchObject({ balancesProven: 'holds', shopsProven: 'holds' })
})

test('a state root put under another block’s hash is not believed', async () => {
  const { verdicts } = await ask((method, _, result) =>
    method === 'eth_getBlockByHash' ? { ...(result as object), stateRoot: `0x${'ab'.repeat(32)}` } : result,
  )
  expect(verdicts).toMatchObject({ header: 'differs', balancesProven: 'notOffered' })
})

test('a false position and a false supply are found by asking', async () => {
  const positionOf = toFunctionSelector('positionOf(uint32)')
  const supplyLanes = toFunctionSelector('supplyLanes()')
  const { verdicts } = await ask((method, params, result) => {
    const { data = '' } = params[0] as { data?: string }
    const asked = method === 'eth_call' && (data.startsWith(positionOf) || data.startsWith(supplyLanes))
    return asked ? `${String(result).slice(0, 65)}7${String(result).slice(66)}` : result
  })
  expect(verdicts).toMatchObject({ shopsAsked: 'differs', shopsProven: 'holds' })
})

test('a clearing house that holds less than it owes is found', async () => {
  const { sums } = await ask((method, params, result) => {
    const { data = '' } = params[0] as { data?: string }
    const balanceOf = toFunctionSelector('balanceOf(address)')
    return method === 'eth_call' && data.startsWith(balanceOf) ? `0x${'0'.repeat(63)}1` : result
  })
  expect(sums?.rulings.filter(({ verdict }) => verdict === 'differs').map(({ rule }) => rule)).toEqual(['held'])
})

test('a node that gives no proofs leaves the mirror asked only, and the result says so', async () => {
  const { verdicts, samples } = await ask((method, _, result) =>
    method === 'eth_getProof' ? refusal('the method eth_getProof does not exist') : result,
  )
  expect(verdicts).toEqual({
    header: 'holds',
    balancesAsked: 'holds',
    balancesProven: 'notOffered',
    shopsAsked: 'holds',
    shopsProven: 'notOffered',
  })
  expect(samples?.verdict).toBe('holds')
})

test('a node that does not have the mirror’s block can say nothing', async () => {
  const { sums, samples } = await ask((method, _, result) => (method === 'eth_getBlockByHash' ? null : result))
  for (const result of [sums, samples]) {
    expect(result).toMatchObject({ verdict: 'unable', reason: expect.stringMatching(/does not have block/) })
  }
})
