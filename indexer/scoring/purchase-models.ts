import { type BetaGeometric, type BetaGeometricKind, betaGeometricLikelihood } from './beta-geometric.ts'
import type { Cohort } from './cohort.ts'
import { type Fit, isUsable, maximise, type Prior, withoutFit } from './fit.ts'
import { betaGeometricOutlook, type Outlook } from './outlook.ts'
import { type Pareto, paretoLikelihood, paretoOutlook } from './pareto.ts'

/** Models of when members buy, by the names that commands and runs know them by. */
export const purchaseModels = ['bg', 'mbg', 'cnbd', 'pareto'] as const
export type PurchaseModel = (typeof purchaseModels)[number]

export interface RegularBuying extends BetaGeometric {
  /** Phases of a gap: 1 is chance, 4 is regular. */
  readonly k: number
}

/** A model with its parameters: all that a prediction needs. Rates are per the unit of the histories' times. */
export type FittedPurchases =
  | { readonly model: 'bg' | 'mbg'; readonly parameters: BetaGeometric }
  | { readonly model: 'cnbd'; readonly parameters: RegularBuying }
  | { readonly model: 'pareto'; readonly parameters: Pareto }

/** A fit together with what predicts by it; `fitted` is there only where the fit is usable. */
export interface PurchaseFit {
  readonly fit: Fit<object>
  readonly fitted: FittedPurchases | undefined
}

export interface FitOptions {
  /** Pulls the parameters, in the model's order of names, towards those of many. */
  readonly prior?: Prior | undefined
  /**
   * Phases for cnbd; without it 1 to 4 are tried, which the histories' log gaps decide between. A prior belongs to the
   * phases of the fit that it comes from, so whoever gives one says which.
   */
  readonly k?: number | undefined
}

const kinds = {
  bg: { leaving: 'afterRepeat', k: 1 },
  mbg: { leaving: 'afterAny', k: 1 },
} as const satisfies Record<string, BetaGeometricKind>

/** Fits one model to one shop's members. A fit that did not converge says so by its status, and predicts nothing. */
export function fitPurchases(model: PurchaseModel, cohort: Cohort, options: FitOptions = {}): PurchaseFit {
  if (cohort.members === 0) return { fit: withoutFit('noMembers', 0), fitted: undefined }
  if (cohort.returning === 0) return { fit: withoutFit('noReturning', cohort.members), fitted: undefined }
  if (model === 'pareto') return fitPareto(cohort, options)
  if (model === 'cnbd') return fitRegular(cohort, options)
  const fit = maximise(betaGeometricLikelihood(cohort, kinds[model]), { prior: options.prior })
  const fitted = isUsable(fit) && fit.parameters !== undefined
  return { fit, fitted: fitted ? { model, parameters: fit.parameters } : undefined }
}

function fitPareto(cohort: Cohort, options: FitOptions): PurchaseFit {
  const fit = maximise(paretoLikelihood(cohort), { prior: options.prior })
  const fitted = isUsable(fit) && fit.parameters !== undefined
  return { fit, fitted: fitted ? { model: 'pareto', parameters: fit.parameters } : undefined }
}

function fitRegular(cohort: Cohort, options: FitOptions): PurchaseFit {
  if (options.prior !== undefined && options.k === undefined) throw new Error('a prior for cnbd needs its phases')
  const phases = options.k === undefined ? (cohort.logGaps === undefined ? [1] : [1, 2, 3, 4]) : [options.k]
  const tried = phases.map((k) => {
    const fit = maximise(betaGeometricLikelihood(cohort, { leaving: 'afterAny', k }), { prior: options.prior })
    return { k, fit }
  })
  const usable = tried.filter(({ fit }) => isUsable(fit))
  const [first, ...others] = usable.length > 0 ? usable : tried
  if (first === undefined) throw new Error('no number of phases was tried')
  const { k, fit } = others.reduce((best, one) => {
    return one.fit.logLikelihood > best.fit.logLikelihood ? one : best
  }, first)
  const parameters = fit.parameters === undefined ? undefined : { k, ...fit.parameters }
  const fitted = isUsable(fit) && parameters !== undefined
  return { fit: { ...fit, parameters }, fitted: fitted ? { model: 'cnbd', parameters } : undefined }
}

/** What the model says of single members. */
export function outlookOf(fitted: FittedPurchases): Outlook {
  if (fitted.model === 'pareto') return paretoOutlook(fitted.parameters)
  const kind =
    fitted.model === 'cnbd' ? ({ leaving: 'afterAny', k: fitted.parameters.k } as const) : kinds[fitted.model]
  return betaGeometricOutlook(fitted.parameters, kind)
}
