import type { Progress } from '../../street/progress.ts'
import { runProgram } from '../program.ts'

export interface RelayerDrill {
  readonly seed: number
  readonly minutes: number
}

/** The test of a troubled relayer, let for longer; what went wrong it says itself. */
export async function drillRelayer({ seed, minutes }: RelayerDrill, progress: Progress): Promise<number> {
  const ended = await progress.during(`seed ${seed}, ${minutes} minutes`, () =>
    runProgram({
      file: 'node_modules/vitest/vitest.mjs',
      args: ['run', '--project', 'promises', 'test/web/relayer/troubled.test.ts'],
      env: { RELAYER_DRILL_SEED: `${seed}`, RELAYER_DRILL_MINUTES: `${minutes}` },
    }),
  )
  if (!ended.passed) {
    console.error(ended.output)
    console.error(`  to do:    npm run drill -- relayer --seed ${seed} --minutes ${minutes}\n            does it again`)
    return 1
  }
  console.log(`\ndrill: the relayer lost and doubled nothing for ${minutes} minutes from seed ${seed}`)
  return 0
}
