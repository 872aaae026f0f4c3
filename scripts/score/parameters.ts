import { z } from 'zod'
import type { GammaGamma } from '#indexer/scoring/gamma-gamma.ts'
import type { BetaBernoulli } from '#indexer/scoring/opportunities.ts'
import type { FittedPurchases } from '#indexer/scoring/purchase-models.ts'
import { Complaint } from '../street/complaint.ts'

const positive = z.number().positive()
const shapes = {
  bg: z.strictObject({ r: positive, alpha: positive, a: positive, b: positive }),
  // Some list it as MBG/CNBD-k with k = 1.
  mbg: z.strictObject({ k: z.literal(1).optional(), r: positive, alpha: positive, a: positive, b: positive }),
  cnbd: z.strictObject({ k: z.int().min(1).max(4), r: positive, alpha: positive, a: positive, b: positive }),
  pareto: z.strictObject({ r: positive, alpha: positive, s: positive, beta: positive }),
  bgbb: z.strictObject({ alpha: positive, beta: positive, gamma: positive, delta: positive }),
  gg: z.strictObject({ p: positive, q: positive, v: positive }),
}

/** Parameters from the command line, by the names that `fit` prints. */
function read<Shape extends z.ZodType>(flag: string, text: string | undefined, shape: Shape): z.infer<Shape> {
  if (text === undefined) throw new Complaint(`${flag} is missing: the parameters as fit prints them, in quotes.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Complaint(`${flag} is no JSON: ${text.slice(0, 80)}`)
  }
  const parsed = shape.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Complaint(`${flag} cannot be used: ${[...(issue?.path ?? []), issue?.message].join(': ')}.`)
}

export function readPurchaseParameters(model: string, text: string | undefined): FittedPurchases {
  if (model === 'bg') return { model, parameters: read('--params', text, shapes.bg) }
  if (model === 'mbg') {
    const { k: _, ...parameters } = read('--params', text, shapes.mbg)
    return { model, parameters }
  }
  if (model === 'cnbd') return { model, parameters: read('--params', text, shapes.cnbd) }
  if (model === 'pareto') return { model, parameters: read('--params', text, shapes.pareto) }
  throw new Complaint(`--model ${model} was given; expected bg, mbg, pareto or cnbd.`)
}

export const readOpportunityParameters = (text: string | undefined): BetaBernoulli =>
  read('--params', text, shapes.bgbb)

/** Of Gamma-Gamma; q <= 1 would say that the mean spend is infinite. */
export function readSpendParameters(text: string | undefined): GammaGamma {
  const parameters = read('--gg', text, shapes.gg)
  if (parameters.q > 1) return parameters
  throw new Complaint(`--gg has q = ${parameters.q}: with q <= 1 the mean spend of a newcomer is infinite.`)
}
