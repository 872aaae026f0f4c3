import type { Reason } from './reasons.ts'
import type { Street } from './street.ts'
import { type BatchWishes, nameOf } from './wishes.ts'

/** What a list of a till that was switched off waits for, as the chain sees it. */
export const ownersCode = 'ownerMustConfirm'

/**
 * The chain does not take the owner's signature: the shop has another owner by now, or their account has thought better
 * of it. The list waits again, with the reason beside it; nothing of it is lost.
 */
export async function waitForOwner({ database, log }: Street, list: BatchWishes, { code }: Reason): Promise<void> {
  await database.query({
    name: 'wait for owner again',
    text: `UPDATE portal.owner_word SET refused = $5
      WHERE shop = $1 AND till = $2 AND first_sequence = $3 AND word = 'confirmed' AND count = $4`,
    values: [list.shop, list.till, list.first, list.count, code],
  })
  const facts = { event: 'wishes.ownerAgain', wishes: nameOf(list) }
  log.warn(facts, 'the chain does not take the owner’s signature on this list; it waits for the owner again')
}
