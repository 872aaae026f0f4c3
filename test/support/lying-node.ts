import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Call {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

/** A refusal in a node's own words. */
export const refusal = (message: string) => ({ code: -32_601, message })

export interface LyingNode {
  readonly url: string
  close(): Promise<void>
}

/** A real node behind somebody who changes its answers; `lie` gets each call and its true result. */
export async function lyingNode(
  truth: string,
  lie: (method: string, params: readonly unknown[], result: unknown) => unknown,
): Promise<LyingNode> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const honest = await fetch(truth, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const said = (await honest.json()) as Answer | readonly Answer[]
    const asked = JSON.parse(body) as Call | readonly Call[]
    const calls = (Array.isArray(asked) ? asked : [asked]) as readonly Call[]
    const answers = (Array.isArray(said) ? said : [said]) as readonly Answer[]
    const changed = answers.map((answer) => {
      const call = calls.find(({ id }) => id === answer.id)
      if (call === undefined || answer.error !== undefined) return answer
      const result = lie(call.method, call.params, answer.result)
      return isRefusal(result) ? { id: answer.id, jsonrpc: '2.0', error: result } : { ...answer, result }
    })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(said) ? changed : changed[0]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const isRefusal = (result: unknown): result is ReturnType<typeof refusal> =>
  typeof result === 'object' && result !== null && 'code' in result && result.code === -32_601
