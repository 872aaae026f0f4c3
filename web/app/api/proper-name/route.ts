import { ASKED_FOR } from '../../asked-for.ts'
import { doorway } from '../../config.ts'

/**
 * Sends a visitor who came by 127.0.0.1 on to the portal's own name. The proxy hands such visitors over to this room,
 * since a redirect of its own would be shortened to a path: to Next, 127.0.0.1 and localhost are the same place.
 */
export function GET(request: Request): Response {
  const target = doorway().publicOrigin ?? new URL(`http://localhost:${new URL(request.url).port}`)
  const [pathname = '/', ...search] = (request.headers.get(ASKED_FOR) ?? '/').split('?')
  // Set as a path, `//elsewhere` stays a path of ours.
  target.pathname = pathname
  target.search = search.join('?')
  return new Response(null, { status: 307, headers: { location: target.href } })
}
