import type { z } from 'zod'
import { type Refusal, refuse } from './refusal.ts'

// How values travel is everybody's to know, so it stands with what all have agreed on; the acts read their input here.
// biome-ignore lint/performance/noBarrelFile: an act reads its input, and knows its shapes, from one place.
export {
  address,
  bytes32,
  type Hex,
  pointsAmount,
  purposeNumber,
  seconds48,
  secondsOfSale,
  sequence,
  sequenceMax,
  shopNumber,
  signature,
  spendAmount,
  tillNumber,
  uint48Max,
  wholeNumber,
} from '#contracts/till-api/wire.ts'

/** The input as the schema shapes it, or a refusal that names the first field that is wrong. */
export function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> | Refusal {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const first = result.error.issues[0]
  return refuse('malformed', { field: first?.path.map(String).join('.') ?? '', complaint: first?.message ?? '' })
}
