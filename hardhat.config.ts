import { fileURLToPath } from 'node:url'
import hardhatNetworkHelpers from '@nomicfoundation/hardhat-network-helpers'
import hardhatViem from '@nomicfoundation/hardhat-viem'
import hardhatViemAssertions from '@nomicfoundation/hardhat-viem-assertions'
import { defineConfig } from 'hardhat/config'
import quietNpmWarnings from './test/support/quiet-npm-warnings.ts'
import withoutOpcodes from './test/support/without-opcodes.ts'

// With a path Hardhat asks nobody for a compiler: the one from npm is in the lock, with its hash.
const compiler = { version: '0.8.37', path: fileURLToPath(import.meta.resolve('solc/soljson.js')) }

export default defineConfig({
  plugins: [quietNpmWarnings, withoutOpcodes, hardhatViem, hardhatViemAssertions, hardhatNetworkHelpers],
  solidity: {
    // One profile for tests, gas figures and deployment: what was tested is what is deployed, byte for byte.
    profiles: {
      default: {
        ...compiler,
        settings: { optimizer: { enabled: true, runs: 10_000 }, evmVersion: 'osaka', viaIR: false },
      },
    },
  },
  networks: {
    default: { type: 'edr-simulated', chainType: 'l1', chainId: 31337, hardfork: 'osaka' },
    local: { type: 'http', chainType: 'l1', url: 'http://127.0.0.1:8545' },
  },
  paths: { sources: './contracts', tests: { solidity: './test/contracts' } },
  test: {
    solidity: {
      fsPermissions: { readDirectory: ['./test/contracts'] },
      fuzz: { runs: 64, seed: '0x68696768737472656574' },
      invariant: { runs: 16, depth: 64, failurePersistDir: './cache/invariant' },
    },
  },
})
