import { z } from 'zod'

const settings = z.object({
  SKIP_BROWSER: z.stringbool().default(false),
})

const read = settings.parse({ SKIP_BROWSER: process.env['SKIP_BROWSER'] || undefined })

/** What `npm test` itself takes from its surroundings; the tests read theirs in test/support/config.ts. */
export const proofConfig = { skipBrowser: read.SKIP_BROWSER } as const
