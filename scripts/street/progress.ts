/** Tells the person what goes on, so that no wait is silent. */
export interface Progress {
  say(line: string): void
  /** Announces `what`, repeats the newest detail while it lasts, and says how long it took. */
  during<Result>(what: string, work: (detail: (text: string) => void) => Promise<Result>): Promise<Result>
}

export interface ProgressOptions {
  readonly print: (line: string) => void
  /** A wait longer than this gets another line. */
  readonly everyMs?: number
}

export function progressOn(options: ProgressOptions): Progress {
  const begun = Date.now()
  const say = (line: string): void => options.print(`${seconds(Date.now() - begun).padStart(7)}  ${line}`)
  return {
    say,
    async during(what, work) {
      const from = Date.now()
      let newest = ''
      say(`${what} ...`)
      const timer = setInterval(() => say(`${what} ... ${newest}`.trimEnd()), options.everyMs ?? 5_000)
      try {
        const result = await work((text) => {
          newest = text
        })
        say(`${what}: done in ${seconds(Date.now() - from)}`)
        return result
      } finally {
        clearInterval(timer)
      }
    },
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`
