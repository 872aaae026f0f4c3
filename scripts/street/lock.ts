import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Identity, identityOf, lives } from './processes.ts'

/** Claims a file for this process, unless a living process holds it; the holder then. A dead one's claim falls. */
export function claim(path: string): Identity | undefined {
  mkdirSync(dirname(path), { recursive: true })
  const mine = `${path}.${process.pid}.claim`
  writeFileSync(mine, JSON.stringify(identityOf(process.pid)))
  try {
    for (;;) {
      if (linked(mine, path)) return undefined
      const holder = holderOf(path)
      if (holder !== undefined && lives(holder)) return holder
      setAside(path)
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

/** A link appears with its content, so that nobody ever reads a claim without a name. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes a dead one's claim away. Of two that find it, only one can move it; the other may have moved the first one's
 * new claim instead, and puts that back.
 */
function setAside(path: string): void {
  const aside = `${path}.${process.pid}.aside`
  try {
    renameSync(path, aside)
  } catch (error) {
    // Somebody was faster; the next look tells.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  const moved = holderOf(aside)
  if (moved !== undefined && lives(moved)) linked(aside, path)
  rmSync(aside, { force: true })
}

function holderOf(path: string): Identity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Identity
  } catch {
    return undefined
  }
}

/** Does the work while no other process does, waiting for one that is at it. */
export async function alone<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  while (claim(path) !== undefined) await sleep(100)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}
