import type { Hex } from 'viem'
import type { ForgedHeader, Header } from './header.ts'
import type { NotTaken } from './stretch.ts'

/** The blocks to fetch, and the hash of the block before them; where that is undefined, whoever asks must link them. */
export interface StretchAsked {
  readonly from: number
  readonly to: number
  readonly after: Hex | undefined
}

/** The headers as one unbroken chain on top of `after`, or why they are none. */
export function linked(
  headers: readonly (Header | ForgedHeader | undefined)[],
  asked: Pick<StretchAsked, 'from' | 'after'>,
): readonly Header[] | NotTaken {
  const blocks: Header[] = []
  let parent = asked.after
  for (const [index, header] of headers.entries()) {
    const at = asked.from + index
    if (header === undefined) return { refused: 'behind', at, detail: 'the node does not have this block' }
    if ('forged' in header) return { refused: 'lied', at, detail: header.forged }
    if (header.number !== at) return { refused: 'lied', at, detail: `it answered with block ${header.number}` }
    if (parent !== undefined && header.parentHash !== parent) {
      return { refused: 'moved', at, detail: `its parent is ${header.parentHash}, not ${parent}` }
    }
    parent = header.hash
    blocks.push(header)
  }
  return blocks
}
