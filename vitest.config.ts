import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// What the source alone proves: neither contracts that were compiled nor a database. It runs beside the Solidity tests,
// whose compiler needs one processor only.
const bySource = [
  'test/contracts/digests.test.ts',
  'test/contracts/mutants.test.ts',
  'test/indexer/scoring/**/*.test.ts',
  'test/scripts/score*.test.ts',
  'test/web/acts/{in-company,key-signature}.test.ts',
  'test/web/ui/**/*.test.{ts,tsx}',
]

// Three kinds of test, told apart by what they need: the source alone, a database, a whole street with a browser.
export default defineConfig({
  // Outside a bundler `server-only` throws. The empty module is what a server's bundle gets in its place; setting its
  // condition for all packages instead would also give the tests a React without hooks.
  resolve: { alias: { 'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)) } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    sequence: { shuffle: false },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'house', include: ['test/house.test.ts'] } },
      {
        extends: true,
        test: { name: 'source', include: bySource, setupFiles: ['./test/support/fast-check.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'promises',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/house.test.ts', ...bySource, 'test/journeys/**', '**/node_modules/**'],
          globalSetup: ['./test/support/postgres-server.ts'],
          setupFiles: ['./test/support/fast-check.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
    ],
  },
})
