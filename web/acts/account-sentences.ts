import { type Wording, wording } from './wording.ts'

/** Refusals about members' accounts: their keys and guardians, and what an account does itself. */
export const accountWordings = {
  // keys and guardians of accounts
  walletHasNoKeys: wording(422, 'Your wallet looks after its own keys.', 'Use your wallet to change or recover them.'),
  passkeyTaken: wording(409, 'That passkey is in use already.', 'Make a new one on this device.'),
  unknownKeyRequest: wording(404, 'No device waits under that code.', 'Look at the code on the new device again.'),
  keyKnown: wording(409, 'That passkey was added before.', 'Make a new one on the new device.'),
  tooManyKeys: wording(422, 'You have as many passkeys as there can be.', 'Remove one that you no longer use.'),
  unknownAccountKey: wording(404, 'That passkey is not one of yours.', 'Look at the list of your devices again.'),
  ownKey: wording(422, 'A passkey cannot remove itself.', 'Use another one of yours to remove it.'),
  keyNotSettled: wording(
    422,
    'That passkey is too new to remove another.',
    'Use an older one, or wait until three days have passed.',
  ),
  ownGuardian: wording(422, 'You cannot be your own helper.', 'Choose somebody you trust.'),
  delayOutOfBounds: wording(422, 'That is too short or too long a time.', 'Choose between 3 and 30 days.'),
  noGuardianWaits: wording(409, 'No new helper is to come.', 'Look at the page again.'),
  noRecoveryWaits: wording(409, 'No change of key is waiting.', 'Look at the page again.'),
  notGuardian: wording(403, 'That member did not choose you to help them.', 'Choose somebody from your list.'),
  orderOutOfTurn: wording(409, 'Something has changed in the meantime.', 'Look at it again, and agree once more.'),
  orderPending: wording(409, 'Another change is on its way.', 'Wait until it is done, then try again.'),
  orderNotAgreed: wording(403, 'The account did not agree to that.', 'Try again from the beginning.'),
  noPointsYet: wording(422, 'This account has no points yet.', 'Collect points first, then set this up.'),
  memberBudget: wording(429, 'That was enough for one day.', 'Try again tomorrow.'),
  networkBudget: wording(429, 'The street has done enough of this for today.', 'Try again tomorrow.'),

  // what accounts do themselves
  foreignTarget: wording(422, 'I only bring what is about this street.', 'Bring anything else yourself.'),
  foreignFactory: wording(422, 'I only open accounts of this street.', 'Join here first.'),
  foreignAct: wording(422, 'That is nothing I bring for an account.', 'Ask for calls, or for a change of keys.'),
  operationTooLarge: wording(422, 'That would take more than I bring at once.', 'Ask for less at once.'),
  feesNotCarried: wording(422, 'Here nobody pays for what I bring.', 'Sign it without fees and without a sponsor.'),
  valueNotCarried: wording(422, 'I bring no coins of the chain.', 'Ask for calls without value.'),
  nonceUsed: wording(409, 'That number of your account is used already.', 'Ask for the next one, and sign again.'),
  operationFails: wording(422, 'The network would not carry that out.', 'The reason is beside it.'),
} as const satisfies Record<string, Wording>
