/** Where a test may end this process by force, to see what is left standing; in the order they are passed. */
export const failPoints = [
  // The lead is taken, and nothing is read yet.
  'leading',
  // A stretch is verified, and nothing of it is written.
  'stretchVerified',
  // A new branch is verified, and nothing of the old one is gone.
  'branchVerified',
  // The old branch is taken back, and nothing of the new one is written.
  'branchUndone',
  // The journal's rows are written, and nothing that follows from them.
  'journalWritten',
  // The totals, too, are written, and the checkpoint stands where it stood.
  'totalsWritten',
  // All is written, and the end of the transaction is not asked for.
  'beforeCommit',
  // It is asked for, and nobody hears the answer.
  'whileCommitting',
  // The answer is there, and nobody has taken note of it.
  'afterCommit',
] as const
export type FailPoint = (typeof failPoints)[number]

/** `time` counts from 1. */
export interface FailAt {
  readonly point: FailPoint
  readonly time: number
}

let doomed: FailAt | undefined
let passed = 0

/** From now on the process ends there; the settings say so, and nobody else. */
export function failAt(place: FailAt): void {
  doomed = place
  passed = 0
}

/** Ends the process as a power cut would, where the settings say so; does nothing otherwise. */
export function failPoint(point: FailPoint): void {
  if (doomed?.point !== point) return
  passed += 1
  if (passed === doomed.time) process.kill(process.pid, 'SIGKILL')
}
