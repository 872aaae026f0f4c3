const eventsWanted = 4_000
const mostBlocks = 1_000

/** How many blocks to ask for at once: as many as bring about 4,000 events, fewer where the node cannot bear it. */
export class Span {
  blocks = 250

  /** Takes note of how many events the last stretch brought. */
  learn(events: number): void {
    if (events > eventsWanted) this.halve()
    else if (events < eventsWanted / 2) this.blocks = Math.min(mostBlocks, Math.ceil(this.blocks * 1.25))
  }

  halve(): void {
    this.blocks = Math.max(1, Math.floor(this.blocks / 2))
  }
}
