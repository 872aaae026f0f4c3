/** One place where the house's rules are not kept. */
export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly message: string
}

export const sentenceOf = (finding: Finding): string =>
  `${finding.path}:${finding.line} [${finding.rule}] ${finding.message}`
