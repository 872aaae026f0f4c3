import { createHash } from 'node:crypto'

/** Draws that anybody can repeat: the hash of the seed and a running number. */
export function drawnBytes(seed: string, draw: number): Buffer {
  return createHash('sha256').update(`${seed}\n${draw}`).digest()
}
