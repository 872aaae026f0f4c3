import { setTimeout as sleep } from 'node:timers/promises'
import { Complaint } from './complaint.ts'
import type { OutsideChain } from './config.ts'
import type { Deployment } from './deployment.ts'
import { blockAt, rpcAt } from './rpc.ts'

const patienceMs = 10_000

/**
 * The node for whatever can ask one only: of several the first that answers. None of those that answer may stand on
 * another chain; one that is away is told of, since the others stand in for it. Addresses may hold a key, so nodes are
 * called by their place.
 */
export async function nodeToAsk(
  { rpcUrl, nodes }: OutsideChain,
  deployment: Pick<Deployment, 'chainId' | 'genesisHash'>,
  say: (sentence: string) => void,
): Promise<string> {
  const urls = [...new Set([rpcUrl, ...nodes])]
  if (urls.length === 1) return rpcUrl
  const standing = await Promise.all(urls.map((url) => standingOf(url, deployment)))
  const nameOf = (url: string): string =>
    nodes.includes(url) ? `node ${nodes.indexOf(url) + 1} of RPC_URLS` : 'the node of RPC_URL'
  for (const [place, url] of urls.entries()) {
    if (standing[place] === 'another chain') {
      throw new Complaint(
        `What answers as ${nameOf(url)} is not the chain of the deployment file (id ${deployment.chainId}, first ` +
          `block ${deployment.genesisHash}).`,
      )
    }
  }
  const answering = urls.filter((_, place) => standing[place] === 'this chain')
  for (const url of urls) if (!answering.includes(url)) say(`${nameOf(url)} does not answer; the others stand in`)
  const [first] = answering
  if (first === undefined) throw new Complaint('None of the nodes that RPC_URLS names answers.')
  return first
}

async function standingOf(
  url: string,
  { chainId, genesisHash }: Pick<Deployment, 'chainId' | 'genesisHash'>,
): Promise<'this chain' | 'another chain' | 'away'> {
  const asked = Promise.all([rpcAt(url).ask<string>('eth_chainId'), blockAt(rpcAt(url), 0)]).then(
    ([id, genesis]) => (Number(id) === chainId && genesis?.hash === genesisHash ? 'this chain' : 'another chain'),
    () => 'away' as const,
  )
  return await Promise.race([asked, sleep(patienceMs, 'away' as const, { ref: false })])
}
