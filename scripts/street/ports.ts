import { createServer } from 'node:net'
import { Complaint } from './complaint.ts'

/** A port of this machine that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0, '127.0.0.1')
  if (typeof port !== 'number') throw new Complaint(`This machine has no free port left (${port}).`)
  return port
}

/** The port people will type; taken on either loopback address, a browser might reach somebody else's program. */
export async function portForPeople(wanted: number): Promise<number> {
  if (wanted === 0) return freePort()
  for (const address of ['127.0.0.1', '::1']) {
    const outcome = await listenOnce(wanted, address)
    if (outcome === 'EADDRINUSE') {
      throw new Complaint(
        `Port ${wanted} is in use by another program: stop that one, or choose another port with ` +
          `npm start -- --port ${wanted + 1}`,
      )
    }
    if (outcome === 'EACCES') {
      throw new Complaint(`Port ${wanted} may not be used by this account: choose one above 1023 with --port.`)
    }
  }
  return wanted
}

/** The port listened on, or the code of the refusal. A machine without IPv6 refuses ::1, which harms nobody. */
function listenOnce(port: number, address: string): Promise<number | string> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    probe.listen({ port, host: address, exclusive: true }, () => {
      const bound = probe.address()
      probe.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 'no port'))
    })
  })
}
