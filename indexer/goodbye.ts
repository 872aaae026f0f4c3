import type { Logger } from 'pino'

// By then nobody is waited for any more.
const longestGoodbyeMs = 4_000

/**
 * The first signal asks; the second does not. What was begun in the database is taken back by itself. Whoever works for
 * another process, which then holds the other end of a channel to it, ends with that one as if it had been asked: a
 * killed one asks nobody.
 */
export function stopWhenAsked(stop: AbortController, log: Logger): void {
  const askedBy = (signal: string): void => {
    log.info({ event: 'stop.asked', signal }, 'asked to stop')
    stop.abort()
    setTimeout(() => process.exit(0), longestGoodbyeMs).unref()
  }
  process.once('disconnect', () => {
    if (!stop.signal.aborted) askedBy('whom it worked for has gone')
  })
  // Listening must not keep it from ending by itself.
  process.channel?.unref()
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(code)
      askedBy(signal)
    })
  }
}
