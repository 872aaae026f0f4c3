import { defineConfig } from 'hardhat/config'

/**
 * The embedded chain where npm has no anvil for the machine. It forgets everything at its end and is refilled at the
 * next start, so its clock begins long before any sale, and it mines only when told to.
 */
export default defineConfig({
  networks: {
    street: {
      type: 'edr-simulated',
      chainType: 'l1',
      chainId: 31337,
      hardfork: 'osaka',
      blockGasLimit: 60_000_000n,
      initialBaseFeePerGas: 0n,
      initialDate: '2020-01-01T00:00:00Z',
      mining: { auto: false, interval: 0 },
      accounts: { count: 1, accountsBalance: 0n },
      loggingEnabled: false,
    },
  },
})
