import { person } from '../person.ts'
import { askedOf, problem, responseOf } from './answer.ts'
import { type DoorRules, type Entered, type Place, posted, through } from './door.ts'
import { foreignRefusal } from './told.ts'

/** A POST of a till: read, known, counted and on duty before the act looks at it. Its place stands in the body. */
export async function tillPost(
  request: Request,
  rules: DoorRules & { readonly place?: Place },
  act: (body: unknown, entered: Entered) => Promise<object>,
): Promise<Response> {
  return responseOf(await posted({ asked: askedOf(request), person }, rules, act))
}

/** The same for what is only read, or named by its address. */
export async function tillGet(
  request: Request,
  rules: DoorRules & { readonly place: Place },
  act: (entered: Entered) => Promise<object>,
): Promise<Response> {
  const foreign = foreignRefusal(request)
  if (foreign) return problem(foreign)
  return responseOf(await through({ asked: askedOf(request), person }, rules, act))
}
