import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { testConfig } from '#test/support/config.ts'
import { endWithUs } from '../support/children.ts'

/** A street of its own for one journey, with everything a person's street has. */
export interface OpenedStreet {
  readonly url: string
  /** Stops one of its processes in the middle of whatever it does, and lets it go on. */
  pause(role: 'relayer'): void
  resume(role: 'relayer'): void
  close(): Promise<void>
}

const running = z.object({ processes: z.array(z.object({ role: z.string(), pid: z.int() })) })

/** Opens a street the way a person does, in a folder that goes when it closes; the same people every time. */
export async function openStreetOf(seed: string): Promise<OpenedStreet> {
  const data = mkdtempSync(join(tmpdir(), 'highstreet-journey-'))
  const args = ['scripts/start.ts', '--port', '0', '--data', data, '--seed', seed]
  const child = endWithUs(spawn(process.execPath, args, { cwd: testConfig.root, stdio: ['ignore', 'pipe', 'pipe'] }))
  const url = await addressOf(child)
  const pidOf = (role: string): number => {
    const { processes } = running.parse(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')))
    const found = processes.find((one) => one.role === role)
    if (!found) throw new Error(`the street runs no ${role}`)
    return found.pid
  }
  return {
    url,
    pause: (role) => process.kill(pidOf(role), 'SIGSTOP'),
    resume: (role) => process.kill(pidOf(role), 'SIGCONT'),
    close: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      rmSync(data, { recursive: true, force: true })
    },
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (text: Buffer): void => {
      said += text.toString()
      const open = /Highstreet is open: (http:\S+)/.exec(said)?.[1]
      if (open) resolve(open)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', (code) => reject(new Error(`the street did not open (exit ${code}):\n${said}`)))
  })
}
