import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What processes have used. */
export interface Used {
  readonly cpuSeconds: number
  readonly megabytes: number
}

// What Linux counts processor time in, on every machine that it runs on today.
const ticksPerSecond = 100

/** CPU time of a living process and of its children that ended, in ticks; undefined once it is gone. */
function ticksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  } catch {
    return undefined
  }
}

/** The processes that any thread of this one started and that still live. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
  } catch {
    // It ends while we look.
    return []
  }
}

const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)]

function megabytesOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** What a process and all that come from it have used so far. */
export function usedByFamily(pid: number): Used {
  const family = familyOf(pid)
  const ticks = family.reduce((sum, member) => sum + (ticksOf(member) ?? 0), 0)
  const megabytes = family.reduce((sum, member) => sum + megabytesOf(member), 0)
  return { cpuSeconds: ticks / ticksPerSecond, megabytes }
}

const lookEveryMs = 50

/** Watches a process and all that come from it; `peakMegabytes` is the most they held at once. */
export class Watch {
  private readonly pid: number
  private used: Used
  private peak = 0
  private ended = false
  private readonly looking: Promise<void>

  constructor(pid: number) {
    this.pid = pid
    this.used = this.look()
    this.looking = this.keepLooking()
  }

  /** What it has used up to this moment, or until it ended. */
  now(): { readonly cpuSeconds: number; readonly peakMegabytes: number } {
    this.look()
    return { cpuSeconds: this.used.cpuSeconds, peakMegabytes: this.peak }
  }

  async end(): Promise<void> {
    this.ended = true
    await this.looking
  }

  private look(): Used {
    const used = usedByFamily(this.pid)
    if (used.megabytes > 0) this.used = used
    this.peak = Math.max(this.peak, used.megabytes)
    return used
  }

  private async keepLooking(): Promise<void> {
    while (!this.ended) {
      this.look()
      await sleep(lookEveryMs)
    }
  }
}
