import 'server-only'
import { createPublicClient, http, type PublicClient } from 'viem'
import { config } from '#web/queries/config.ts'

// A reload of the development server makes this module anew but keeps the process.
const kept = globalThis as typeof globalThis & { highstreetChainClient?: PublicClient | undefined }

/** For reading only: the portal holds no key. Questions asked in one breath travel in one request. */
export function chain(): PublicClient {
  kept.highstreetChainClient ??= createPublicClient({
    transport: http(config().rpcUrl, { batch: { batchSize: 200 }, timeout: 10_000, retryCount: 1 }),
  })
  return kept.highstreetChainClient
}
