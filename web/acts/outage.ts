/** Names under which a node or a database says that it cannot be reached, as opposed to having said no. */
const names = new Set(['HttpRequestError', 'TimeoutError', 'WebSocketRequestError', 'SocketClosedError'])
const codes =
  /^(ECONN\w+|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|53\w{3}|57P\d\d|25006|55P03)$/
const messages = /timeout exceeded when trying to connect|Connection terminated/

/** Whether trying the same again later may help: something the street stands on is away, full, or read-only. */
export function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (names.has(cause.name) || messages.test(cause.message)) return true
    if ('code' in cause && typeof cause.code === 'string' && codes.test(cause.code)) return true
    if (cause instanceof AggregateError && cause.errors.some(isOutage)) return true
  }
  return false
}

/** Somebody else held for too long what this one had to lock: PostgreSQL's lock_timeout. */
export const waitedInVain = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '55P03'
