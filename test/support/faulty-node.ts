import { type Call, type ChainNode, openNode } from '#indexer/chain/node.ts'

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

interface HeaderAnswer {
  readonly number: string
  readonly hash: string
  readonly parentHash: string
}

/** A node on another branch: above `ancestor` every block has another hash. */
export function nodeOnAnotherBranch(url: string, ancestor: number): ChainNode {
  const other = (hash: string) => `0xbad${hash.slice(5)}`
  return nodeThrough(url, (call, answer) => {
    if (call.method !== 'eth_getBlockByNumber' || answer === null) return answer
    const header = answer as HeaderAnswer
    const number = Number(header.number)
    if (number <= ancestor) return header
    const parentHash = number - 1 > ancestor ? other(header.parentHash) : header.parentHash
    return { ...header, hash: other(header.hash), parentHash }
  })
}
