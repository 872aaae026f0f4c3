import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testConfig } from '../support/config.ts'

/** A tree with nothing left to install and one script, so that only the running is tried. */
let tree: string

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'highstreet-bootstrap-'))
  for (const folder of ['scripts', 'node_modules']) mkdirSync(join(tree, folder))
  cpSync(join(testConfig.root, 'scripts/bootstrap.mjs'), join(tree, 'scripts/bootstrap.mjs'))
  const scripts = { 'say:all': 'node scripts/say.mjs --first', other: 'tsc' }
  writeFileSync(join(tree, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  writeFileSync(join(tree, 'package-lock.json'), '{}')
  const installed = createHash('sha256').update('{}\0').update(`${process.platform}-${process.arch}\0`).digest('hex')
  writeFileSync(join(tree, 'node_modules/.highstreet-installed'), installed)
})

afterEach(() => rmSync(tree, { recursive: true, force: true }))

function run(args: readonly string[], script: string): { child: ChildProcess; said: () => string } {
  writeFileSync(join(tree, 'scripts/say.mjs'), script)
  const child = spawn(process.execPath, [join(tree, 'scripts/bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const take = (text: Buffer): void => {
    said += text.toString()
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  return { child, said: () => said }
}

const endOf = async (child: ChildProcess): Promise<number> => (await once(child, 'close'))[0] as number

describe('what the bootstrap runs', () => {
  test('gets its arguments as they were given, --help included, from the repository’s root', async () => {
    const script = 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(2)]))'
    const { child, said } = run(['say:all', '--help', 'two words', '--', '$HOME'], script)
    expect(await endOf(child)).toBe(0)
    expect(JSON.parse(said())).toEqual([tree, '--first', '--help', 'two words', '--', '$HOME'])
  })

  test('decides how it ends', async () => {
    expect(await endOf(run(['say:all'], 'process.exit(7)').child)).toBe(7)
    expect(await endOf(run(['say:all'], "process.kill(process.pid, 'SIGKILL')").child)).toBe(137)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('is told once of %s, and waited for while it tidies up', async (signal) => {
    const script = `
      process.on('${signal}', () => { console.log('told'); setTimeout(() => process.exit(3), 300) })
      setInterval(() => undefined, 1000)
      console.log('up')`
    const { child, said } = run(['say:all'], script)
    while (!said().includes('up')) await new Promise((resolve) => setTimeout(resolve, 10))
    child.kill(signal)
    child.kill(signal)
    expect(await endOf(child)).toBe(3)
    expect(said()).toBe('up\ntold\n')
  })

  test('is named in a sentence when there is no such script', async () => {
    const { child, said } = run(['nothing'], '')
    expect(await endOf(child)).toBe(1)
    expect(said()).toContain('package.json has no script "nothing"')
    expect(said()).toContain('say:all')
  })
})
