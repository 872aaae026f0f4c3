import { type Wording, wording } from './wording.ts'

/** What is said about sales of a till that was switched off, and its owner's word on them. */
export const ownersWordings = {
  ownerMustConfirm: wording(
    409,
    'The points are on their way: the till was switched off, so the owner must confirm this sale.',
    'Nothing to do at the till. The owner confirms it under Tills.',
  ),
  ownerDeclined: wording(422, 'The owner did not confirm this sale of a till that was switched off.', 'Ask the owner.'),
  nothingToConfirm: wording(404, 'Nothing of this till waits for you.', 'Look at the list again.'),
  listChanged: wording(409, 'More sales have come in meanwhile.', 'Look at them, and decide again.'),
  alreadyConfirmed: wording(409, 'These sales were confirmed already.', 'Nothing to do.'),
  alreadyDeclined: wording(
    409,
    'Some of these sales were declined, so they cannot be confirmed together.',
    'Decline the rest as well, and give the points at another till.',
  ),
  orderOutOfTime: wording(410, 'That was signed too long ago.', 'Open the page again, and sign once more.'),
  badOwnerSignature: wording(
    403,
    'What was signed does not fit, or is not the owner’s.',
    'Sign with the account that owns the shop.',
  ),
} as const satisfies Record<string, Wording>
