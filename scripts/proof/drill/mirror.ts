import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Progress } from '../../street/progress.ts'
import { repository } from '../program.ts'

export interface MirrorDrill {
  readonly seed: number
  readonly minutes: number
}

/** What the program that drills tells as it goes on. */
interface News {
  readonly detail?: string
  readonly say?: string
}

/** The mirror is drilled by a program of its own, with the tests' own faulty node; what went wrong it says itself. */
export async function drillMirror({ seed, minutes }: MirrorDrill, progress: Progress): Promise<number> {
  const said: string[] = []
  const code = await progress.during(`seed ${seed}, ${minutes} minutes`, (detail) => {
    const program = join(repository, 'test', 'indexer', 'drill', 'mirror-drill.ts')
    const child = spawn(process.execPath, [program, '--seed', String(seed), '--minutes', String(minutes)], {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.on('message', (news: News) => {
      if (news.detail !== undefined) detail(news.detail)
      if (news.say !== undefined) said.push(news.say)
    })
    // Asked to stop, it clears away what it has started.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGINT'))
    return new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (ended) => resolve(ended ?? 1))
    })
  })
  for (const line of said) console.log(line)
  if (code === 0) console.log(`\ndrill: the mirror held for ${minutes} minutes from seed ${seed}`)
  return code
}
