/** How fast the mirror comes on, and when it will have come to the chain's newest block. */
export interface Progress {
  readonly blocksLeft: number
  readonly eventsPerSecond: number
  /** Undefined as long as nothing can be said. */
  readonly secondsLeft: number | undefined
}

interface Mark {
  readonly atMs: number
  readonly tip: number
  readonly events: number
}

const remembered = 16

/** Reckons over the last transactions alone: dense blocks and empty ones come in stretches. */
export class Pace {
  private readonly marks: Mark[] = []
  private events = 0

  /** Takes note of what was mirrored up to `tip`; `atMs` by a clock that never goes back. */
  note(recorded: { readonly tip: number; readonly head: number; readonly events: number }, atMs: number): Progress {
    this.events += recorded.events
    this.marks.push({ atMs, tip: recorded.tip, events: this.events })
    if (this.marks.length > remembered) this.marks.shift()
    const first = this.marks[0] ?? { atMs, tip: recorded.tip, events: this.events }
    const seconds = (atMs - first.atMs) / 1000
    const blocksLeft = Math.max(0, recorded.head - recorded.tip)
    const blocks = recorded.tip - first.tip
    return {
      blocksLeft,
      eventsPerSecond: seconds > 0 ? Math.round((this.events - first.events) / seconds) : 0,
      secondsLeft: blocks > 0 && seconds > 0 ? Math.ceil((blocksLeft * seconds) / blocks) : undefined,
    }
  }
}
