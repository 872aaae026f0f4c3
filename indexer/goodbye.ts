import type { Logger } from 'pino'

// By then nobody is waited for any more.
const longestGoodbyeMs = 4_000

/** The first signal asks; the second does not. What was begun in the database is taken back by itself. */
export function stopWhenAsked(stop: AbortController, log: Logger): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(code)
      log.info({ event: 'stop.asked', signal }, 'asked to stop')
      stop.abort()
      setTimeout(() => process.exit(0), longestGoodbyeMs).unref()
    })
  }
}
