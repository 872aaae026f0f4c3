import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { barriersIn } from './barriers.ts'
import type { Held } from './newcomer.ts'
import { enter } from './people.ts'
import type { Somebody } from './somebody.ts'

/** Devices of one street's people. What one asks of other machines is written down. */
export function devicesOn(browser: Browser, url: string) {
  const elsewhere: string[] = []
  const open = async (who: Somebody | null, options: Parameters<Browser['newContext']>[0] = {}): Promise<Held> => {
    const context = await browser.newContext({ baseURL: url, locale: 'en-IE', reducedMotion: 'reduce', ...options })
    context.on('request', (request) => {
      const address = new URL(request.url())
      if (/^(https?|wss?):$/.test(address.protocol) && address.origin !== url) elsewhere.push(request.url())
    })
    if (who) await enter(context, who)
    return { context, page: await context.newPage() }
  }
  return { open, elsewhere: elsewhere as readonly string[] }
}

const looks = [
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
] as const
const lookedAt = new Set<string>()

/**
 * Nothing keeps anybody from using this page, on a phone by night and on a desk by day, as axe finds it; nor is it
 * wider than the device. A page that was looked at in this state before is not looked at again.
 */
export async function isOpenToAll(page: Page): Promise<void> {
  const where = `${new URL(page.url()).pathname}: ${(await page.locator('h1, h2').allInnerTexts()).join(', ')}`
  if (lookedAt.has(where)) return
  lookedAt.add(where)
  const before = page.viewportSize()
  for (const { viewport, colorScheme } of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(viewport)
    const found = (await barriersIn(page)).map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`,
    )
    expect(found, `${where} at ${viewport.width}, ${colorScheme}`).toEqual([])
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(wider, `${where} at ${viewport.width} scrolls sideways`).toBeLessThanOrEqual(0)
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
  if (before) await page.setViewportSize(before)
}
