import { z } from 'zod'

/** The settings cannot be used; the message is one sentence, and holds no secret. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable'
}

/** What the teller of webhooks was told from outside. Holds a password: never log it. */
export interface WebhooksConfig {
  readonly databaseUrl: string
  readonly logLevel: string
  readonly anywhere: boolean
}

const settings = z.object({
  WEB_DATABASE_URL: z.string({ error: 'is missing; it should look like postgresql://user:password@host:5432/name' }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  WEBHOOKS_ANYWHERE: z.stringbool().default(false),
})

/** Throws SettingsUnusable. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): WebhooksConfig {
  const read = settings.safeParse(environment)
  if (!read.success) {
    const [first] = read.error.issues
    throw new SettingsUnusable(`The settings cannot be used: ${first?.path.join('.')} ${first?.message}.`)
  }
  const { WEB_DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel, WEBHOOKS_ANYWHERE: anywhere } = read.data
  return { databaseUrl, logLevel, anywhere }
}
