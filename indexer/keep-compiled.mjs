// Loaded before the indexer, by --import: Node keeps what it compiles, so that the next start need not do it again,
// which is half of what a start costs. JavaScript, because to read TypeScript is what it saves. Where nothing can be
// kept, the indexer starts all the same.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../.cache/compiled', import.meta.url)))
