// Opens every screen of a running street on a phone and on a desk, by day and by night, and keeps a picture of each.
// Usage: node test/journeys/look-screens.ts URL FOLDER [NAME...]
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findChromium } from '#test/support/chromium.ts'
import { castOf, enter } from './people.ts'
import { type Screen, screensOf } from './screens.ts'

const widths = [
  { name: '390', width: 390, height: 844 },
  { name: '1440', width: 1440, height: 900 },
] as const
const themes = ['light', 'dark'] as const

/** What is wrong with a page that anybody would see: a sideways scroll, or words in the console. */
async function faultsOf(page: Page, complaints: readonly string[]): Promise<readonly string[]> {
  const { wide, shown } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    shown: document.documentElement.clientWidth,
  }))
  return wide > shown ? [...complaints, `scrolls sideways: ${wide} px on ${shown} px`] : complaints
}

async function look(
  browser: Browser,
  screen: Screen,
  view: { readonly url: string; readonly width: (typeof widths)[number]; readonly theme: (typeof themes)[number] },
): Promise<{ readonly picture: Buffer; readonly faults: readonly string[] }> {
  const { width, height } = view.width
  const context = await browser.newContext({
    baseURL: view.url,
    viewport: { width, height },
    colorScheme: view.theme,
    deviceScaleFactor: width < 500 ? 2 : 1,
    reducedMotion: 'reduce',
    locale: 'en-IE',
  })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      // A page that is not there is meant to answer 404.
      if (message.type() === 'error' && !/status of 404|status of 4\d\d/.test(message.text()))
        complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    if (screen.who) await enter(context, screen.who)
    await page.goto(screen.path)
    await page.locator('#main').waitFor()
    await screen.reach?.(page)
    await page.waitForLoadState('networkidle')
    const faults = await faultsOf(page, complaints)
    // A window as tall as the page: what keeps to the foot of a phone then stands at the foot of the picture.
    const tall = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height: Math.max(height, tall) })
    return { picture: await page.screenshot({ animations: 'disabled' }), faults }
  } finally {
    await context.close()
  }
}

async function main(): Promise<number> {
  const [url, folder, ...names] = process.argv.slice(2)
  if (!url || !folder) {
    console.error('usage: node test/journeys/look-screens.ts URL FOLDER [NAME...]')
    return 2
  }
  const found = await findChromium()
  mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch({ executablePath: found.path, args: [...found.args] })
  let faulty = 0
  try {
    const screens = screensOf(await castOf(url)).filter(({ name }) => names.length === 0 || names.includes(name))
    for (const screen of screens) {
      for (const width of widths) {
        for (const theme of themes) {
          const { picture, faults } = await look(browser, screen, { url, width, theme })
          const file = join(folder, `${screen.name}-${width.name}-${theme}.png`)
          writeFileSync(file, picture)
          for (const fault of faults) console.error(`${file}: ${fault}`)
          faulty += faults.length
        }
      }
      console.log(`looked at ${screen.name}`)
    }
  } finally {
    await browser.close()
  }
  return faulty === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
