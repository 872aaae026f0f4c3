import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everyCheck, typeChecks } from '../../scripts/proof/checks.ts'
import { repository, runProgram } from '../../scripts/proof/program.ts'
import { doors } from '../support/house/rooms.ts'

/** A copy of the house's settings with empty rooms, so that errors can be planted without touching the real ones. */
let house: string

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'highstreet-check-'))
  const settings = ['tsconfig.base.json', 'tsconfig.json', 'test/tsconfig.json', 'web/tsconfig.json']
  for (const name of [...settings, 'web/tsconfig.check.json', 'package.json', 'biome.json', '.gitignore']) {
    mkdirSync(dirname(join(house, name)), { recursive: true })
    cpSync(join(repository, name), join(house, name))
  }
  symlinkSync(join(repository, 'node_modules'), join(house, 'node_modules'))
})

afterAll(() => rmSync(house, { recursive: true, force: true }))

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true })
  writeFileSync(join(house, path), text)
}

const rooms = Object.keys(doors).filter((room) => room !== 'configuration' && !room.endsWith('.ts'))
const planted = [...rooms.map((room) => `${room}/planted.ts`), 'web/app/page.tsx', 'planted.config.ts']

async function typesOf(): Promise<{ readonly passed: boolean; readonly output: string }> {
  const ended = await Promise.all(typeChecks(house).map((check) => runProgram(check.program)))
  return { passed: ended.every((one) => one.passed), output: ended.map((one) => one.output).join('\n') }
}

describe('check sees a type error in every room', () => {
  test('and holds where there is none', async () => {
    for (const path of planted) plant(path, 'export const shops: readonly number[] = [1]\n')
    expect(await typesOf()).toEqual({ passed: true, output: expect.stringMatching(/^\s*$/) })
  })

  test('a plain one', async () => {
    for (const path of planted) plant(path, "export const shops: readonly number[] = ['bakery']\n")
    const { output } = await typesOf()
    const seen = (path: string): boolean => output.includes(`${path}(1,`)
    expect(planted.filter((path) => !seen(path))).toEqual([])
  })

  test('and one that only the strictest settings know', async () => {
    for (const path of planted) {
      plant(path, 'const shops: number[] = []\nexport const first: number = shops[0]\n')
    }
    const { output } = await typesOf()
    expect(planted.filter((path) => !output.includes(`${path}(2,14): error TS2322`))).toEqual([])
  })
})

test('check says what is to be done about everything it looks at', () => {
  for (const check of everyCheck(repository)) {
    expect(check.remedy.length, check.name).toBeGreaterThan(10)
    expect(check.expected.length, check.name).toBeGreaterThan(5)
  }
})

test('a program that is not installed is a failure with a sentence, not a crash', async () => {
  const ended = await runProgram({ file: 'node_modules/nobody/nothing.js', args: [] })
  expect(ended).toMatchObject({ passed: false, output: expect.stringContaining('Run npm ci') })
})

test('a program that leaves another running, which holds its output, fails and is not waited for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'highstreet-left-'))
  const file = relative(repository, join(folder, 'leaves.mjs'))
  writeFileSync(
    join(folder, 'leaves.mjs'),
    `import { spawn } from 'node:child_process'
    const left = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' })
    console.log(left.pid)
    left.unref()`,
  )
  const ended = await runProgram({ file, args: [] }, undefined, 100)
  process.kill(Number.parseInt(ended.output, 10), 'SIGKILL')
  rmSync(folder, { recursive: true })
  expect(ended).toMatchObject({ passed: false, output: expect.stringContaining('something it started still runs') })
})
