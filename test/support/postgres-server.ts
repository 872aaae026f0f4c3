import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, removeEmbedded, startEmbedded } from '#indexer/db/embedded.ts'
import { migrate } from '#indexer/db/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder through which test files and the one database server find each other. */
    testServer: string
  }
}

export const templateDatabase = 'street_template'

/** One PostgreSQL for a whole run, started when the first test file asks, so that pure tests do not pay for it. */
export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'highstreet-tests-'))
  project.provide('testServer', folder)
  const over = new AbortController()
  const server = serve(folder, over.signal)
  return async () => {
    over.abort()
    await (await server)?.stop()
    await removeEmbedded(join(folder, 'server'))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function serve(folder: string, over: AbortSignal): Promise<EmbeddedPostgres | undefined> {
  while (!existsSync(join(folder, 'wanted'))) {
    if (over.aborted) return undefined
    // The end of the run wakes it at once: nothing else may be left to keep the process waiting.
    await sleep(20, undefined, { ref: false, signal: over }).catch(() => undefined)
  }
  let server: EmbeddedPostgres | undefined
  try {
    server = await startEmbedded({ directory: join(folder, 'server'), database: templateDatabase, volatile: true })
    await migrate({ urls: server.urls })
    writeFileSync(join(folder, 'ready.new'), JSON.stringify(server.urls))
    // Linked under its name in one step: a test file must not read half of it.
    renameSync(join(folder, 'ready.new'), join(folder, 'ready'))
  } catch (error) {
    writeFileSync(join(folder, 'failed'), error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return server
}
