import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHardhatRuntimeEnvironment } from 'hardhat/hre'
import type { HardhatRuntimeEnvironment } from 'hardhat/types/hre'
import { chainAt, type TestChain } from './chain.ts'

/** The forks that Hardhat's node knows and calls finished, the oldest first. */
export const hardhatForks = [
  ...(['byzantium', 'constantinople', 'petersburg', 'istanbul', 'muirGlacier', 'berlin', 'london'] as const),
  ...(['arrowGlacier', 'grayGlacier', 'merge', 'shanghai', 'cancun', 'prague', 'osaka'] as const),
]

// As much as Osaka allows a transaction: unlike anvil it holds to that.
const mostGas = '0x1000000'

/** Hardhat's own node, in this process: an EDR chain for each fork asked for, or one that listens. */
export interface Hardhat {
  /** Asks a new chain of this fork, which mines each transaction at once. */
  connect(fork: (typeof hardhatForks)[number]): Promise<{ ask(method: string, params?: unknown[]): Promise<unknown> }>
  /** A chain as `testChain` gives one, behind a port: what anvil calls by its own name is translated. */
  listen(): Promise<TestChain>
  close(): void
}

export async function openHardhat(): Promise<Hardhat> {
  // A root of its own: in ours it would take our artifacts in.
  const root = mkdtempSync(join(tmpdir(), 'highstreet-hardhat-'))
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  const mining = { auto: false, interval: 0 }
  const all = { type: 'edr-simulated', chainType: 'l1' } as const
  const street = { ...all, hardfork: 'osaka', blockGasLimit: 300_000_000n, initialBaseFeePerGas: 0n, mining }
  const networks = { all, street: { ...street, initialDate: '2026-01-01T00:00:00Z' } }
  const hardhat = await createHardhatRuntimeEnvironment({ networks }, {}, root)
  return {
    async connect(hardfork) {
      const { provider } = await hardhat.network.connect({ network: 'all', override: { hardfork } })
      return { ask: (method, params = []) => provider.request({ method, params }) }
    },
    listen: () => listening(hardhat),
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}

async function listening(hardhat: HardhatRuntimeEnvironment): Promise<TestChain> {
  const server = await hardhat.network.createServer('street', '127.0.0.1', 0)
  const { port } = await server.listen()
  const plain = chainAt(`http://127.0.0.1:${port}`, process.pid, () => server.close())
  const ask: TestChain['ask'] = (method, params) => plain.ask(method.replace(/^anvil_/, 'hardhat_'), params)
  const known = new Set<string>()
  return {
    ...plain,
    ask,
    async send(...transactions) {
      for (const { from } of transactions) {
        if (known.has(from)) continue
        known.add(from)
        await ask('hardhat_impersonateAccount', [from])
      }
      return await plain.send(...transactions.map((transaction) => ({ gas: mostGas, ...transaction })))
    },
    async mine(time) {
      await ask('hardhat_setNextBlockBaseFeePerGas', ['0x0'])
      await plain.mine(time)
    },
    mineEmpty: async (count) => {
      await ask('hardhat_mine', [`0x${count.toString(16)}`, '0x1'])
    },
  }
}
