/** Members of an ordinary town: many came once, some every few days, ages up to 104 weeks, spends about 30.00. */
export const town = {
  purchases: { model: 'mbg', parameters: { r: 0.55, alpha: 30, a: 0.8, b: 2.5 } },
  spend: { p: 6, q: 4, v: 1_500 },
  seed: 20_261_130,
  ages: [0, 728],
  time: 'days',
} as const
