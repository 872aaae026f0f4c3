import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../proof/program.ts'
import { kept } from './chain.ts'

const peers = join(repository, 'scripts/bench/peers')

/** Preloaded by peers: keeps them on this machine. */
export const loopbackOnly = join(peers, 'loopback.mjs')

export type PeerName = 'ponder' | 'subsquid'

/**
 * The peer's own files beside its own packages, installed as its lock says unless that was done before. They stand
 * outside the tree: a peer writes into its folder, and its packages are none of ours.
 */
export async function installedPeer(name: PeerName, tell: (text: string) => void): Promise<string> {
  const source = join(peers, name)
  const folder = join(kept, 'peers', name)
  const lock = readFileSync(join(source, 'package-lock.json'))
  const mark = createHash('sha256').update(lock).digest('hex')
  const markFile = join(folder, 'installed')
  const installed = existsSync(markFile) && readFileSync(markFile, 'utf8') === mark
  if (!installed) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  cpSync(source, folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
  if (!installed) {
    tell(`installing ${name}`)
    await install(folder)
    writeFileSync(markFile, mark)
  }
  return folder
}

/** Nothing that comes with a package is run: none of them needs it. */
function install(folder: string): Promise<void> {
  // Named outright: below `npm run`, npm would take the outer package for the one to install.
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund']
  const child = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const take = (chunk: Buffer): void => {
    said += chunk.toString()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`npm ci in ${folder} did not succeed:\n${said.trim().slice(-2_000)}`))
    })
  })
}
