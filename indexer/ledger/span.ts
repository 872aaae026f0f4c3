const eventsWanted = 4_000
const bytesWanted = 1 << 20
const mostBlocks = 1_000

/** What a range brought; `bytes` is about the size of the answers it was read from. */
export interface Brought {
  readonly blocks: number
  readonly events: number
  readonly bytes: number
}

/** How many blocks to ask for at once: as many as make a good answer, fewer where the node cannot bear it. */
export class Span {
  blocks = 20
  /** What the node bears, as far as it has shown; grows slowly, since every try beyond it costs a timeout. */
  private bearable = mostBlocks

  /** Takes note of what a range brought. */
  learn({ blocks, events, bytes }: Brought): void {
    this.bearable = Math.min(mostBlocks, this.bearable * 1.05)
    const share = Math.min(eventsWanted / Math.max(1, events), bytesWanted / Math.max(1, bytes))
    this.blocks = Math.max(1, Math.min(Math.floor(blocks * share), this.blocks * 2, Math.floor(this.bearable)))
  }

  /** The node could not bear a range of so many blocks, or not in time. */
  halve(blocks: number): void {
    this.bearable = Math.max(1, Math.min(this.bearable, blocks / 2))
    this.blocks = Math.max(1, Math.min(this.blocks, Math.floor(blocks / 2)))
  }
}
