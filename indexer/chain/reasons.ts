import { leftOutNames, refusedBecauseNames } from '#contracts/generated.ts'
import type { EventNamed } from './logs.ts'

/** Why the chain left a purchase out or refused a payment, by the name the contracts give it. */
export function reasonOf(event: EventNamed<'ReceiptLeftOut'> | EventNamed<'RedemptionRefused'>): string {
  const names: readonly string[] = event.name === 'ReceiptLeftOut' ? leftOutNames : refusedBecauseNames
  const name = names[event.args.reason]
  if (name === undefined) throw new Error(`${event.name} gives reason ${event.args.reason}, which has no name`)
  return name
}
