import { shoppersSeen } from './card.ts'
import type { Sent } from './send.ts'
import { isSilent, streetAnswers } from './silence.ts'
import { readBook } from './till-book.ts'
import type { TillGround } from './till-ground.ts'

type Refused = Extract<Sent, { is: 'refused' }>

const full: Refused = {
  is: 'refused',
  code: 'cardFull',
  sentence: 'This card is full as far as this till knows. Without the network nothing more goes on it.',
}

/**
 * Whether a till that hears nothing of the street must not put these points on a card: what the card could take when
 * the street last said so, less what has been rung up here since. null where the street will judge, or it is no card.
 */
export async function fullCard(
  ground: TillGround,
  { member, points }: { readonly member: string; readonly points: bigint },
): Promise<Refused | null> {
  const isTheirs = (one: string) => one.toLowerCase() === member.toLowerCase()
  const seen = (await shoppersSeen(ground.shelf)).find((one) => isTheirs(one.member))
  if (seen === undefined || seen.cardTakes === null) return null
  const { waiting } = await readBook(ground.shelf, ground.place)
  const here = waiting.filter(({ entry }) => isTheirs(entry.member))
  const comes = here.reduce((sum, { entry }) => sum + BigInt(entry.points), points)
  if (comes <= seen.cardTakes) return null
  return !isSilent(ground) && (await streetAnswers(ground)) ? null : full
}
