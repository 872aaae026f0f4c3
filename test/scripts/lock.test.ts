import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claim } from '../../scripts/street/lock.ts'
import { checkout } from '../../scripts/street/place.ts'
import { identityOf } from '../../scripts/street/processes.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highstreet-lock-'))
  path = join(folder, 'running.json.lock')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a claim', () => {
  test('stands while its holder lives, and names it', () => {
    expect(claim(path)).toBeUndefined()
    expect(claim(path)).toEqual(identityOf(process.pid))
    expect(readdirSync(folder)).toEqual(['running.json.lock'])
  })

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 1, began: 'long ago' })],
    ['that says nothing', 'rubbish'],
  ])('%s falls', (_, text) => {
    writeFileSync(path, text)
    expect(claim(path)).toBeUndefined()
  })

  test('left by a killed process goes to exactly one of many that want it at once', async () => {
    writeFileSync(path, JSON.stringify({ pid: 1, began: 'long ago' }))
    const lock = join(checkout, 'scripts', 'street', 'lock.ts')
    const script = `
      const { claim } = await import(${JSON.stringify(lock)})
      process.stdout.write('ready')
      await new Promise((go) => process.stdin.once('data', go))
      process.stdout.write(claim(${JSON.stringify(path)}) === undefined ? ' mine' : ' taken')
      await new Promise((go) => process.stdin.once('end', go))`
    const rivals = Array.from({ length: 6 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      let said = ''
      child.stdout.on('data', (text: Buffer) => {
        said += text.toString()
      })
      const until = async (words: RegExp): Promise<string> => {
        while (!words.test(said)) await once(child.stdout, 'data')
        return said
      }
      return { child, until }
    })
    await Promise.all(rivals.map(({ until }) => until(/ready/)))
    for (const { child } of rivals) child.stdin.write('go')
    const outcomes = await Promise.all(rivals.map(({ until }) => until(/mine|taken/)))
    for (const { child } of rivals) child.stdin.end()
    await Promise.all(rivals.map(({ child }) => once(child, 'close')))
    expect(outcomes.filter((said) => said.endsWith('mine'))).toHaveLength(1)
  })
})
