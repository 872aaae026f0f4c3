import { z } from 'zod'

/** The settings cannot be used; the message is one sentence, and holds no secret. */
export class SettingsUnusable extends Error {
  override readonly name = 'SettingsUnusable'
}

/** Where the counter stands, and where the portal behind it. What its acts need they read themselves. */
export interface CounterConfig {
  readonly port: number
  readonly host: string
  readonly portalPort: number
  readonly logLevel: string
}

const port = z.coerce.number({ error: 'is no port' }).int().min(1).max(65_535)

const settings = z.object({
  PORT: port.default(3000),
  COUNTER_HOST: z.string().min(1).default('127.0.0.1'),
  PORTAL_PORT: port,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** Throws SettingsUnusable. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): CounterConfig {
  const read = settings.safeParse(environment)
  if (!read.success) {
    const [first] = read.error.issues
    throw new SettingsUnusable(`The settings cannot be used: ${first?.path.join('.')} ${first?.message}.`)
  }
  const { PORT, COUNTER_HOST: host, PORTAL_PORT: portalPort, LOG_LEVEL: logLevel } = read.data
  return { port: PORT, host, portalPort, logLevel }
}
