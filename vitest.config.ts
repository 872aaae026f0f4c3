import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// What needs no compiled contract, at most a database. It runs beside the Solidity tests, whose compiler needs one
// processor only.
const uncompiled = [
  'test/contracts/{digests,mutants,mutation,nothing-personal,rules}.test.ts',
  'test/indexer/{config,news}.test.ts',
  'test/indexer/audit/storage-slots.test.ts',
  'test/indexer/chain/{answers,header,heads,logs,next-step,receipts,sources}.test.ts',
  'test/indexer/db/{embedded,keys,migrate,rights}.test.ts',
  'test/indexer/ledger/{announced,copied-rows,lanes,pace}.test.ts',
  'test/indexer/{rescore,scoring}/**/*.test.ts',
  'test/scripts/{bootstrap,check,lock,replay-file,tally}.test.ts',
  'test/scripts/score*.test.ts',
  'test/web/acts/{choose-name,in-company,key-signature,passkey-answer,purchase-books,sentences,session}.test.ts',
  'test/web/api/how-often.test.ts',
  'test/web/app/{device-words,pictures,session-cookie,undo-meaning}.test.ts',
  'test/web/queries/!(as-on-chain).test.ts',
  'test/web/relayer/keys.test.ts',
  'test/web/ui/**/*.test.{ts,tsx}',
]

// Three kinds of test, told apart by what they need: nothing compiled, a chain with the contracts, a whole street with
// a browser.
export default defineConfig({
  // Outside a bundler `server-only` throws. The empty module is what a server's bundle gets in its place; setting its
  // condition for all packages instead would also give the tests a React without hooks.
  resolve: { alias: { 'server-only': fileURLToPath(new URL('./node_modules/server-only/empty.js', import.meta.url)) } },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    sequence: { shuffle: false },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'house', include: ['test/house.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'source',
          include: uncompiled,
          globalSetup: ['./test/support/postgres-server.ts'],
          setupFiles: ['./test/support/fast-check.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'promises',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/house.test.ts', ...uncompiled, 'test/journeys/**', '**/node_modules/**'],
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
