import { openApiDocument } from '#contracts/till-api/openapi.ts'
import { network } from '#web/queries/network.ts'

/** The OpenAPI document as a page to read: plain HTML without a script, so that nothing else has to be trusted. */
export function GET(): Response {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
  }
  return new Response(page(openApiDocument(network().publicOrigin)), { headers })
}

interface Operation {
  readonly summary?: string
  readonly operationId?: string
  readonly security?: readonly object[]
  readonly parameters?: unknown
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: unknown }>>
}

function page({ info, paths = {} }: ReturnType<typeof openApiDocument>): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => {
      return { name: `${method.toUpperCase()} ${path}`, id: operation.operationId ?? path, operation }
    }),
  )
  const list = operations.map(({ name, id, operation }) => {
    return `<li><a href="#${escaped(id)}"><code>${escaped(name)}</code></a> ${escaped(operation.summary ?? '')}</li>`
  })
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(info.title)}</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head><body><main>
<h1>${escaped(info.title)}</h1><p>${escaped(info.description ?? '').replace(/`([^`]+)`/g, '<code>$1</code>')}</p>
<p>For programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<ul>${list.join('')}</ul>${operations.map(section).join('')}</main></body></html>`
}

function section({ name, id, operation }: { name: string; id: string; operation: Operation }): string {
  const answers = Object.entries(operation.responses ?? {}).map(([status, { description = '', content }]) => {
    return `<h3>${status === 'default' ? 'Refused' : escaped(status)}</h3><p>${escaped(description)}</p>${
      status === 'default' ? '' : shown(content)
    }`
  })
  const keyed = (operation.security ?? []).some((one) => Object.keys(one).length > 0)
  const open = (operation.security ?? []).some((one) => Object.keys(one).length === 0)
  const key = keyed ? (open ? 'An API key may come along.' : 'Needs the shop’s API key.') : 'Needs no key.'
  const parameters = operation.parameters === undefined ? '' : `<h3>In its address</h3>${shown(operation.parameters)}`
  const body = operation.requestBody?.content?.['application/json']?.schema
  return `<section id="${escaped(id)}"><h2><code>${escaped(name)}</code></h2>
<p>${escaped(operation.summary ?? '')} ${key}</p>${parameters}${
    body === undefined ? '' : `<h3>Body</h3>${shown(body)}`
  }${answers.join('')}</section>`
}

const shown = (value: unknown): string => `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '')

const style = `body{font:16px/1.5 system-ui,sans-serif;color:#1d1d1b;margin:0}
main{max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f5f4f0;padding:.8rem;overflow:auto;max-height:26rem}
h2{border-top:1px solid #ccc;padding-top:1.2rem;overflow-wrap:anywhere}h3{font-size:1rem}li{margin:.3rem 0}
@media(prefers-color-scheme:dark){body{background:#191917;color:#eee}pre{background:#262623}a{color:#9cc4ff}}`
