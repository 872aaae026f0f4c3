/** One figure, as `--json` writes it; what does not apply is left out. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly peer?: string
  readonly peerValue?: number
  readonly ratio?: number
  readonly floor?: number
}

export const rounded = (ratio: number): number => Math.round(ratio * 10_000) / 10_000
