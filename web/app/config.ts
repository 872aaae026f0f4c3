import { z } from 'zod'

const variables = z.object({
  NODE_ENV: z.string().default('production'),
  PUBLIC_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
})

/** What must be known before any page is asked for. Nothing is required, so that a build needs no environment. */
export function doorway(): { readonly developing: boolean; readonly publicOrigin: URL | null } {
  const { NODE_ENV, PUBLIC_ORIGIN } = variables.parse({
    NODE_ENV: process.env.NODE_ENV,
    PUBLIC_ORIGIN: process.env['PUBLIC_ORIGIN'] || undefined,
  })
  return { developing: NODE_ENV === 'development', publicOrigin: PUBLIC_ORIGIN ? new URL(PUBLIC_ORIGIN) : null }
}
