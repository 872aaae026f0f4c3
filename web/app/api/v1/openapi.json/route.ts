import { openApiDocument } from '#contracts/till-api/openapi.ts'
import { network } from '#web/queries/network.ts'
import { answered } from '../../answer.ts'

/** The till API as an OpenAPI 3.1 document. */
export function GET(): Response {
  return answered(openApiDocument(network().publicOrigin))
}
