import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { testConfig } from './config.ts'

export interface Chromium {
  readonly path: string
  readonly args: readonly string[]
}

/** What a browser without a screen, without a sandbox of its own and without a network beyond this machine needs. */
const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The Chromium for journeys: the one CHROMIUM_PATH names, one on the PATH, or npm's where it runs. Where there is none,
 * an Error that says what to install: a journey that was not made must not look like one that went well.
 */
export async function findChromium(): Promise<Chromium> {
  const named = testConfig.chromiumPath
  if (named !== undefined && !runnable(named)) throw new Error(`CHROMIUM_PATH names ${named}, which cannot be run`)
  // The one without windows first: it draws the same and needs half the processor.
  const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const onPath = testConfig.searchPath.flatMap((folder) => names.map((name) => join(folder, name))).find(runnable)
  const path = named ?? onPath
  if (path !== undefined) return { path, args: quietly }
  const packaged = await packagedChromium()
  if (packaged !== undefined) return packaged
  throw new Error(
    'No Chromium runs on this machine: install one (Debian: apt-get install chromium-headless-shell) or name it in ' +
      'CHROMIUM_PATH. SKIP_BROWSER=1 leaves the browser journey out of npm test.',
  )
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The package unpacks a Linux program, which needs libraries that not every machine has: it is asked its version. */
async function packagedChromium(): Promise<Chromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    const path = await packaged.executablePath()
    const answer = spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 })
    // Its own arguments are for another machine: all in one process, which a second window of somebody else's brings
    // down, and without the checks between sites that a promise here may be about.
    return answer.status === 0 ? { path, args: quietly } : undefined
  } catch {
    return undefined
  }
}
