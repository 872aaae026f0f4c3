import type { Hex } from 'viem'
import { headerCall } from '#indexer/chain/calls.ts'
import { type HeaderAnswer, headerHash } from '#indexer/chain/header.ts'
import { type Call, type ChainNode, NodeRefused, openNode } from '#indexer/chain/node.ts'

/** A real node seen through somebody who changes its answers; `change` gets each call and its true answer. */
export function nodeThrough(url: string, change: (call: Call, answer: unknown) => unknown): ChainNode {
  const node = openNode(url)
  return {
    async ask(calls) {
      const answers = await node.ask(calls)
      return answers.map((answer, index) => {
        const call = calls[index]
        return call === undefined ? answer : change(call, answer)
      })
    },
  }
}

/** The same of a node that gives no receipts: what it says of logs is then all there is. */
export function nodeWithoutReceipts(
  url: string,
  change: (call: Call, answer: unknown) => unknown = (_, answer) => answer,
): ChainNode {
  const through = nodeThrough(url, change)
  return {
    ask(calls) {
      const asks = calls.find(({ method }) => method === 'eth_getBlockReceipts')
      if (asks === undefined) return through.ask(calls)
      return Promise.reject(new NodeRefused(asks.method, -32_601, 'the method does not exist'))
    },
  }
}

type Named = HeaderAnswer & { readonly hash: Hex }

/**
 * A node on another branch: above `ancestor` every block has another hash, which is right for what it says, as are its
 * receipts.
 */
export function nodeOnAnotherBranch(url: string, ancestor: number): ChainNode {
  const node = openNode(url)
  const branch = new Map<number, Promise<Named>>()
  const other = (number: number): Promise<Named> => {
    const made = branch.get(number) ?? make(number)
    branch.set(number, made)
    return made
  }
  const make = async (number: number): Promise<Named> => {
    const parent = number - 1 > ancestor ? await other(number - 1) : undefined
    const [truth] = await node.ask([headerCall(number)])
    const header = { ...(truth as Named), extraData: '0x0bad' }
    const grown = parent === undefined ? header : { ...header, parentHash: parent.hash }
    return { ...grown, hash: headerHash(grown) }
  }
  return {
    async ask(calls) {
      const answers = await node.ask(calls)
      return await Promise.all(
        answers.map(async (answer, index) => {
          const method = calls[index]?.method
          if (method === 'eth_getBlockByNumber' && answer !== null) {
            const number = Number((answer as HeaderAnswer)['number'])
            return number > ancestor ? await other(number) : answer
          }
          const number = Number(calls[index]?.params[0])
          if (method !== 'eth_getBlockReceipts' || answer === null || number <= ancestor) return answer
          const { hash } = await other(number)
          return (answer as readonly object[]).map((receipt) => ({ ...receipt, blockHash: hash }))
        }),
      )
    },
  }
}
