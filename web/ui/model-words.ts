const names: Readonly<Record<string, string>> = {
  mbg: 'MBG/NBD',
  bg: 'BG/NBD',
  cnbd: 'MBG/CNBD-k',
  pareto: 'Pareto/NBD',
  lastYearAgain: 'as much as the time before',
  rfmMean: 'the mean of members alike',
}

/** A model, or what is held against one, by the name its papers give it. */
export const modelWords = (model: string): string => names[model] ?? model
