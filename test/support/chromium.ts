import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { testConfig } from './config.ts'

export type Chromium =
  | { readonly path: string; readonly args: readonly string[]; readonly missing: undefined }
  | { readonly path: undefined; readonly args: readonly string[]; readonly missing: string }

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

/** The Chromium for journeys: the one CHROMIUM_PATH names, one on the PATH, or the one npm may have installed. */
export async function findChromium(): Promise<Chromium> {
  const named = testConfig.chromiumPath
  if (named !== undefined && !runnable(named)) throw new Error(`CHROMIUM_PATH names ${named}, which cannot be run`)
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const onPath = testConfig.searchPath.flatMap((folder) => names.map((name) => join(folder, name))).find(runnable)
  const path = named ?? onPath
  if (path !== undefined) return { path, args: quietly, missing: undefined }
  return (await packagedChromium()) ?? { path: undefined, args: [], missing: 'there is no Chromium on this machine' }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The package unpacks a Linux program; on another system, or left out of the installation, there is none. */
async function packagedChromium(): Promise<Chromium | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    const path = await packaged.executablePath()
    return runnable(path) ? { path, args: [...packaged.args, ...quietly], missing: undefined } : undefined
  } catch {
    return undefined
  }
}
