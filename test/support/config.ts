import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))

const settings = z.object({
  SHARED_DATA: z.string().min(1).default('../shared/data'),
  REQUIRE_DATA: z.stringbool().default(false),
  TEST_SEED: z.coerce.number().int().nonnegative().default(20_261_123),
  RELAYER_DRILL_SEED: z.string().min(1).default('1'),
  RELAYER_DRILL_MINUTES: z.coerce.number().int().positive().optional(),
  CHROMIUM_PATH: z.string().min(1).optional(),
  PATH: z.string().default(''),
})

// An empty setting is one nobody gave.
const read = settings.parse(Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== '')))

/** What the tests take from their surroundings; read once, here. */
export const testConfig = {
  root,
  /** Where the public data sets lie; a relative path counts from the repository. */
  sharedData: resolve(root, read.SHARED_DATA),
  /** A missing data set is then a failure, not a skipped test. */
  requireData: read.REQUIRE_DATA,
  /** From where the tests draw what they draw, so that a run does what the last one did; TEST_SEED asks for another. */
  seed: read.TEST_SEED,
  /** What chance does to the relayer: from which seed, and for how many minutes; briefly where null. */
  relayerDrill: { seed: read.RELAYER_DRILL_SEED, minutes: read.RELAYER_DRILL_MINUTES ?? null },
  chromiumPath: read.CHROMIUM_PATH,
  searchPath: read.PATH.split(':').filter((folder) => folder !== ''),
} as const
