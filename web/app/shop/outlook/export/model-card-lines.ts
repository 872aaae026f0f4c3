import type { ShopFitShown } from '#web/queries/shop-outlook.ts'
import { csvLine } from '../../../csv.ts'

const dayOf = (day: number | null) => (day === null ? '' : new Date(day * 86_400_000).toISOString().slice(0, 10))

/** How the figures came about, line by line: the model card of the last fit. */
export function modelCardLines(fit: ShopFitShown | null): string[] {
  if (fit === null) return []
  const { window, members, returning, leftOut, purchases, spend, backTest, limits } = fit.card
  const line = (part: string, said: string, count = '') => csvLine(['model card', part, count, '', '', said])
  return [
    line('definition', fit.model),
    line('purchases from', dayOf(window.firstDay)),
    line('purchases to', dayOf(window.lastDay)),
    line('members', '', `${members}`),
    line('members who came again', '', `${returning}`),
    line('left out: members who said no', '', `${leftOut.optedOut}`),
    line('left out: purchases taken back', '', `${leftOut.undone}`),
    line('visits follow', purchases.model),
    line('why', purchases.why),
    line('status of the fit', purchases.status),
    line('gradient', purchases.gradientNorm === null ? '' : `${purchases.gradientNorm}`),
    ...Object.entries(purchases.parameters).map(([name, value]) => line(`parameter ${name}, per day`, `${value}`)),
    ...Object.entries(purchases.errors ?? {}).map(([name, value]) => line(`error of log ${name}`, `${value}`)),
    line('spend follows', spend.model),
    ...Object.entries(spend.parameters).map(([name, value]) => line(`spend parameter ${name}`, `${value}`)),
    ...(backTest?.models ?? []).map(({ model, meanError, bias, gini }) => {
      return line(`back-test of ${model}`, `mean error ${meanError}, bias ${bias}, Gini ${gini ?? 'unknown'}`)
    }),
    ...limits.map((limit) => line('what it does not say', limit)),
    line('inputs', fit.inputsHash),
    line('root', fit.root ?? ''),
    line('block', `${fit.block}`),
  ]
}
