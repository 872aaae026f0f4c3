import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { childEnvironment } from '../../scripts/street/config.ts'
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

function run(
  args: readonly string[],
  script: string,
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; said: () => string } {
  writeFileSync(join(tree, 'scripts/say.mjs'), script)
  const child = spawn(process.execPath, [join(tree, 'scripts/bootstrap.mjs'), ...args], {
    cwd: tmpdir(),
    env: { NODE_ENV: 'test', ...childEnvironment(), ...env },
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

describe('an installation', () => {
  const npm = `
    process.on('SIGTERM', () => { console.log('npm told'); process.exit(1) })
    setInterval(() => undefined, 1000)
    console.log('npm up')`
  const begin = () => {
    rmSync(join(tree, 'node_modules/.highstreet-installed'))
    mkdirSync(join(tree, '.toolchain'))
    writeFileSync(join(tree, 'npm.js'), npm.replaceAll('\n', ';'))
    // A number that lives, but began at another time: the machine was restarted since.
    writeFileSync(join(tree, '.toolchain/installing'), `${process.pid} 1`)
    return run(['say:all'], "console.log('never')", { npm_execpath: join(tree, 'npm.js') })
  }
  const until = async (said: () => string, words: string): Promise<void> => {
    while (!said().includes(words)) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  test('is ended by whoever ends the command, and nothing runs on it', async () => {
    const { child, said } = begin()
    await until(said, 'npm up')
    child.kill('SIGTERM')
    expect(await endOf(child)).toBe(143)
    expect(said()).toContain('npm told')
    expect(said()).not.toContain('never')
    expect(existsSync(join(tree, 'node_modules/.highstreet-installed'))).toBe(false)
  })

  test('whose command was killed is waited for by the next one', async () => {
    const first = begin()
    await until(first.said, 'npm up')
    const pids = readFileSync(join(tree, '.toolchain/installing'), 'utf8')
      .split('\n')
      .map((line) => Number.parseInt(line, 10))
    expect(pids[0]).toBe(first.child.pid)
    first.child.kill('SIGKILL')
    const second = run(['say:all'], "console.log('never')", { npm_execpath: join(tree, 'npm.js') })
    await until(second.said, 'waiting for it')
    process.kill(pids[1] ?? 0, 'SIGKILL')
    await until(second.said, 'npm up')
    second.child.kill('SIGTERM')
    expect(await endOf(second.child)).toBe(143)
  })
})
