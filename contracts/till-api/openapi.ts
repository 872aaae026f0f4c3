// The till API as an OpenAPI document, made of the schemas that the server reads and answers by.
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { problem } from './answers.ts'
import { type Route, routes } from './routes.ts'

const about = `What a point of sale talks to. Every act is idempotent for ever by its receipt (shop, till, number), not
by a request id: send the same again after a timeout, next day, from another till, and the answer is the same. An answer
of \`pending\` is durable. Amounts of points are hundredths, money is in cents; whole numbers may be sent as digits in a
string and are answered so. Refusals are problem documents (RFC 9457) with a stable \`code\`, a \`sentence\` a cashier
can read aloud and \`advice\`. Limits are in the headers RateLimit-Policy and RateLimit; where waiting helps there is a
Retry-After.`

/** OpenAPI 3.1. */
export function openApiDocument(origin: string) {
  const registry = new OpenAPIRegistry()
  const key = registry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' })
  const shift = registry.registerComponent('securitySchemes', 'shift', {
    ...{ type: 'apiKey', in: 'header', name: 'Highstreet-Shift' },
    description: 'The token of the cashier’s shift, where the shop keeps cashiers.',
  })
  for (const [name, route] of Object.entries<Route>(routes)) {
    const security = { needed: [{ [key.name]: [] }], welcome: [{}, { [key.name]: [], [shift.name]: [] }], none: [{}] }
    registry.registerPath({
      ...{ method: route.method, path: route.path, operationId: name, summary: route.summary },
      security: security[route.key],
      request: {
        ...(route.params === undefined ? {} : { params: route.params }),
        ...(route.body === undefined ? {} : { body: { required: true, content: { [json]: { schema: route.body } } } }),
      },
      responses: {
        200: { description: 'The answer.', content: { [json]: { schema: route.answer } } },
        default: {
          description: `A refusal. Codes: ${[...route.codes, ...everywhere].join(', ')}.`,
          content: { 'application/problem+json': { schema: problem } },
        },
      },
    })
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Highstreet till API', version: '1', description: about },
    servers: [{ url: origin }],
  })
}

const json = 'application/json'
const everywhere = ['malformed', 'tooLarge', 'tooOften', 'unavailable']
