import { type Node, nodeAt } from './node.ts'

/**
 * The nodes a relayer may ask, one at a time: where one is away, the next. It stays with that until that is away too.
 * What was signed is the same bytes for all of them, so a change of node can do nothing twice; one that lags says that
 * blocks are missing, and what stood in them is given to it again.
 */
export class NodesInTurn {
  readonly #nodes: readonly Node[]
  #place = 0

  constructor(urls: readonly string[]) {
    this.#nodes = urls.map(nodeAt)
  }

  get node(): Node {
    const node = this.#nodes[this.#place]
    if (node === undefined) throw new Error('a relayer without a node')
    return node
  }

  /** Whether there is no other to turn to. */
  get only(): boolean {
    return this.#nodes.length === 1
  }

  /** Turns to the next; by their places in the list, from 1. null where there is no other. */
  next(): { readonly left: number; readonly taken: number } | null {
    if (this.only) return null
    const left = this.#place + 1
    this.#place = left % this.#nodes.length
    return { left, taken: this.#place + 1 }
  }
}
