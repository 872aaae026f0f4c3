import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/**
 * What keeps somebody from using a page, as axe finds it; by some of its rules only, where they are named. These pages
 * hold no frames, for whose sake axe would open another page each time it is asked; and what is well need not be described.
 */
export async function barriersIn(page: Page, rules?: string[]) {
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return violations
}
