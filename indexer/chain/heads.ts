/** Who tells of new blocks: a node by push, as long as it does; nobody otherwise, and then one has to ask. */
export interface Heads {
  /** Whether somebody is there to tell. */
  readonly listening: boolean
  /** How often a new block was told of. */
  readonly told: number
  /** Resolves when a block is told of beyond the `told` given, or when `ms` are over or the signal says so. */
  after(told: number, ms: number, signal: AbortSignal): Promise<void>
  close(): void
}

const shortestPauseMs = 250
const longestPauseMs = 30_000

/**
 * Listens for new blocks at a node's WebSocket address. Where nobody answers there, or the connection is lost, it tries
 * again, ever more seldom: to hear of a block early is a convenience, nothing relies on it.
 */
export function listenForHeads(url: string): Heads {
  let told = 0
  let wake: () => void = () => undefined
  let closed = false
  let listening = false
  let pauseMs = shortestPauseMs
  let socket: WebSocket | undefined
  let retry: NodeJS.Timeout | undefined
  const heard = (): void => {
    told += 1
    wake()
  }
  const connect = (): void => {
    if (closed) return
    socket = new WebSocket(url)
    socket.addEventListener('open', () => {
      socket?.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
    })
    socket.addEventListener('message', ({ data }) => {
      const said = readMessage(data)
      if (said.id === 1 && typeof said.result === 'string') {
        listening = true
        pauseMs = shortestPauseMs
      }
      if (said.method === 'eth_subscription') heard()
    })
    // A failed connection says so by closing, too.
    socket.addEventListener('error', () => undefined)
    socket.addEventListener('close', () => {
      if (closed) return
      listening = false
      // What is told while nobody listens is not told again.
      heard()
      retry = setTimeout(connect, pauseMs)
      retry.unref()
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    })
  }
  connect()
  return {
    get listening() {
      return listening
    },
    get told() {
      return told
    },
    after(seen, ms, signal) {
      if (told > seen || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          wake = () => undefined
          resolve()
        }
        const timer = setTimeout(end, ms)
        signal.addEventListener('abort', end, { once: true })
        wake = end
      })
    },
    close() {
      closed = true
      clearTimeout(retry)
      socket?.close()
    },
  }
}

/** What matters of a message: the answer to the subscription, or that a block is new. */
function readMessage(data: unknown): { readonly id?: unknown; readonly result?: unknown; readonly method?: unknown } {
  if (typeof data !== 'string') return {}
  try {
    const said: unknown = JSON.parse(data)
    return typeof said === 'object' && said !== null ? said : {}
  } catch {
    return {}
  }
}

/** The address at which a node that takes questions over HTTP may also push: most serve both at one place. */
export const pushUrlOf = (url: string): string => url.replace(/^http/, 'ws')

/** The address at which a node that pushes also takes questions. */
export const askUrlOf = (url: string): string => url.replace(/^ws/, 'http')
