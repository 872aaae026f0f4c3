import type { FailPoint, RelayerConfig } from './config.ts'

/** Ends the process as a power cut would, where the settings say so; does nothing otherwise. */
export function failPointsOf(failAt: RelayerConfig['failAt']): (point: FailPoint) => void {
  let passed = 0
  return (point) => {
    if (failAt?.point !== point) return
    passed += 1
    if (passed === failAt.time) process.kill(process.pid, 'SIGKILL')
  }
}
