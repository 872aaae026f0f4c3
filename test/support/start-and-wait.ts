// A program of its own, for tests that kill whoever started the database: starts it, tells the parent, waits.
import { startEmbedded } from '#indexer/db/embedded.ts'

const directory = process.argv[2]
if (directory === undefined) throw new Error('start-and-wait.ts needs a directory')
const server = await startEmbedded({ directory, database: 'postgres' })
process.send?.({ pid: server.pid, url: server.urls.owner })
setInterval(() => undefined, 60_000)
