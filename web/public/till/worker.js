// The till's door when there is no network. It keeps one page that is the same for everybody, with the scripts and
// sheets it is made of, and nothing else: no answer of the API, no page that knows who asked, nothing of a session.
// What it keeps is named by what it is made of: another build, another cache, put in place whole or not at all.

const SHELL = '/till/offline'
const KEPT = 'till '
const PATIENCE_MILLISECONDS = 8000

/** The addresses of everything the page names: scripts, sheets, and what the sheets name in turn. */
async function partsOf(page) {
  const named = (text) =>
    [...text.matchAll(/(?:\/_next\/)?static\/[\w./~()[\]-]+\.(?:js|css|woff2)/g)].map(([one]) => one)
  const whole = (path) => `/_next/${path.replace(/^\/_next\//, '')}`
  const parts = new Set(named(page).map(whole))
  for (const sheet of [...parts].filter((path) => path.endsWith('.css'))) {
    const text = await (await fetch(sheet)).text()
    for (const [, path] of text.matchAll(/url\(["']?([^"')]+\.woff2)["']?\)/g)) {
      parts.add(new URL(path, new URL(sheet, location.origin)).pathname)
    }
  }
  return [...parts].sort()
}

async function digestOf(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return [...bytes.slice(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Keeps the page as it is now; what was kept before goes when the new is whole. `more`: what pages loaded later. */
async function keepShell(more = []) {
  // Nobody's cookie goes along: so nothing of anybody can come back.
  const answer = await fetch(SHELL, { credentials: 'omit', cache: 'no-store' })
  if (!answer.ok) return
  const page = await answer.clone().text()
  const parts = [...new Set([...(await partsOf(page)), ...more.filter((path) => path.startsWith('/_next/static/'))])]
  const name = KEPT + (await digestOf(parts.join('\n')))
  const cache = await caches.open(name)
  const missing = []
  for (const path of parts) if (!(await cache.match(path))) missing.push(path)
  await cache.addAll(missing)
  await cache.put(SHELL, answer)
  for (const other of await caches.keys()) {
    if (other.startsWith(KEPT) && other !== name) await caches.delete(other)
  }
}

/** The kept page with a number of its own for its scripts, as each answer of the portal has. */
async function shell() {
  const kept = await caches.match(SHELL)
  if (!kept) return Response.error()
  const policy = kept.headers.get('content-security-policy') ?? ''
  const before = /'nonce-(\w+)'/.exec(policy)?.[1]
  const headers = new Headers(kept.headers)
  if (before === undefined) return new Response(await kept.text(), { headers })
  const fresh = crypto.randomUUID().replaceAll('-', '')
  headers.set('content-security-policy', policy.replaceAll(before, fresh))
  return new Response((await kept.text()).replaceAll(before, fresh), { headers })
}

async function opened(request) {
  const tired = new Promise((_, reject) => setTimeout(reject, PATIENCE_MILLISECONDS))
  try {
    const answer = await Promise.race([fetch(request), tired])
    if (answer.status < 500) return answer
  } catch {
    // No network, or nobody there.
  }
  const { pathname } = new URL(request.url)
  return pathname === SHELL ? await shell() : Response.redirect(`${location.origin}${SHELL}`, 302)
}

async function part(request) {
  return (await caches.match(request)) ?? (await fetch(request))
}

addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => skipWaiting()))
})

addEventListener('activate', (event) => {
  event.waitUntil(clients.claim())
})

addEventListener('message', (event) => {
  const { keep } = event.data ?? {}
  if (Array.isArray(keep)) event.waitUntil(keepShell(keep).catch(() => undefined))
})

addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return
  if (pathname.startsWith('/_next/static/')) event.respondWith(part(request))
  else if (request.mode === 'navigate' && /^\/till(\/offline)?$/.test(pathname)) event.respondWith(opened(request))
})
