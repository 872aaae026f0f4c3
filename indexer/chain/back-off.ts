/** How long to wait between tries: twice as long each time, less a part that chance draws. */
export interface BackOffOptions {
  readonly firstMs: number
  readonly longestMs: number
  /** The same seed draws the same pauses. */
  readonly seed: number
}

/**
 * Pauses that grow and do not fall together: several who lost the same node would otherwise all come back at once. Each
 * is between a half and the whole of what is due.
 */
export class BackOff {
  private readonly options: BackOffOptions
  private state: number

  constructor(options: BackOffOptions) {
    this.options = options
    this.state = options.seed >>> 0
  }

  /** The pause in milliseconds before the try after this many failures, from 1. */
  pauseMs(failures: number): number {
    const { firstMs, longestMs } = this.options
    const due = Math.min(longestMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
    return Math.round(due * (0.5 + 0.5 * this.chance()))
  }

  /** From 0 up to, not including, 1: Numerical Recipes' linear congruence, whose high bits are the good ones. */
  private chance(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    return this.state / 4_294_967_296
  }
}
