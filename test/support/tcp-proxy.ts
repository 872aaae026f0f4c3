import { createServer, connect as dial, type Socket } from 'node:net'

/** A way to a server that can fall silent, as a network does that loses everything and says nothing. */
export interface SilentProxy {
  readonly port: number
  /** From now on nothing gets through, in either direction; nobody is told. */
  fallSilent(): void
  /** Ends every connection, and lets new ones through. */
  heal(): void
  /** Ends every connection; new ones are led to another port. */
  leadTo(port: number): void
  stop(): Promise<void>
}

export async function proxyToPort(port: number): Promise<SilentProxy> {
  const sockets = new Set<Socket>()
  let silent = false
  let target = port
  const server = createServer((near) => {
    const far = dial(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (data) => {
        if (!silent) to.write(data)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        if (!silent) to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    fallSilent: () => {
      silent = true
    },
    heal: () => {
      cut()
      silent = false
    },
    leadTo: (other) => {
      target = other
      cut()
    },
    async stop() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
