import { issue } from '#web/acts/issue.ts'
import { redeem } from '#web/acts/redeem.ts'
import type { DoorRules, Entered } from './door.ts'

interface BusyRoute {
  readonly rules: DoorRules
  readonly act: (body: unknown, entered: Pick<Entered, 'cashier'>) => Promise<object>
}

/**
 * What every till asks with every sale: tills' programs are answered by the counter, the portal's screens by itself.
 */
export const busyRoutes = {
  '/api/v1/issue': { rules: { key: 'welcome', cashier: 'then' }, act: (body, { cashier }) => issue(body, { cashier }) },
  '/api/v1/redeem': {
    rules: { key: 'welcome', cashier: 'now' },
    act: (body, { cashier }) => redeem(body, { cashier }),
  },
} as const satisfies Readonly<Record<string, BusyRoute>>
