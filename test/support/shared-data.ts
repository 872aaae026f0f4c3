import { appendFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { testConfig } from './config.ts'

/** Where skipped data are noted, so that the run's last line can name them. */
export const missingDataNotes = join(testConfig.root, '.cache', 'missing-data.jsonl')

export type SharedFile =
  | { readonly path: string; readonly missing: undefined }
  | { readonly path: undefined; readonly missing: string }

/**
 * A public data set by its file name: where it lies, or why a test that needs it is skipped. Call it at the top of
 * the test file and write `test.skipIf(file.missing !== undefined)(...)`, or `context.skip(file.missing)` inside a
 * test. With REQUIRE_DATA=1 a missing file throws instead.
 */
export function sharedFile(name: string): SharedFile {
  const path = join(testConfig.sharedData, name)
  if (existsSync(path)) return { path, missing: undefined }
  const missing = `${name} is not in ${testConfig.sharedData} (SHARED_DATA names another folder)`
  if (testConfig.requireData) throw new Error(`${missing}, and REQUIRE_DATA=1 asks for it`)
  mkdirSync(join(testConfig.root, '.cache'), { recursive: true })
  appendFileSync(missingDataNotes, `${JSON.stringify({ name, testFile: expect.getState().testPath })}\n`)
  return { path: undefined, missing }
}
