import { z } from 'zod'

// How values travel in the till API's JSON: whole numbers as digits in a string, or as numbers where those are exact.

export type Hex = `0x${string}`

export const uint48Max = 2n ** 48n - 1n
/** The chain counts receipts to 2^64; Postgres keeps them in 63 bits, which no till will ever fill. */
export const sequenceMax = 2n ** 63n - 1n

export function wholeNumber(max: bigint) {
  return z
    .union([
      // What is no number is not looked at any further: whoever compares it next would stumble.
      z.string().regex(/^(0|[1-9]\d{0,77})$/, { error: 'must be a whole number in digits', abort: true }),
      z.number().refine((value) => Number.isSafeInteger(value) && value >= 0, {
        error: 'must be a whole number',
        abort: true,
      }),
    ])
    .transform((value) => BigInt(value))
    .refine((value) => value <= max, { error: `must be at most ${max}`, abort: true })
}

function hexOf(pattern: RegExp, complaint: string) {
  return z
    .string()
    .regex(pattern, { error: complaint })
    .transform((text) => text.toLowerCase() as Hex)
}

export const address = hexOf(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hexadecimal digits')
export const bytes32 = hexOf(/^0x[0-9a-fA-F]{64}$/, 'must be 32 bytes: 0x and 64 hexadecimal digits')
/** An account's own signature may be long (a passkey's is), but not endless. */
export const signature = hexOf(/^0x([0-9a-fA-F]{2}){1,4096}$/, 'must be a signature: 0x and hexadecimal digits')

export const shopNumber = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)
export const tillNumber = shopNumber
export const sequence = wholeNumber(sequenceMax)
export const pointsAmount = wholeNumber(uint48Max)
/** Cents. */
export const spendAmount = wholeNumber(uint48Max)
/** 0: a payment, else a reward's number; 2^31: a payment that takes points of defaulted shops at their price. */
export const purposeNumber = z
  .int()
  .min(0)
  .max(2 ** 31)
/** Seconds UTC as the chain counts them in purchases. */
export const secondsOfSale = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
export const seconds48 = wholeNumber(uint48Max)
