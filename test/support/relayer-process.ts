import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { endWithUs } from './children.ts'
import { testConfig } from './config.ts'

/** A relayer in its own process, as in life: it can be killed at any moment. */
export interface RelayerProcess {
  readonly pid: number
  /** Resolves with what the process ended by: its signal, or its code. */
  readonly ended: Promise<NodeJS.Signals | number | null>
  /** Resolves when it has said so; rejects when it ends before. */
  said(message: string): Promise<void>
  readonly lines: readonly string[]
  kill(signal: NodeJS.Signals): void
}

export function startRelayer(
  environment: Readonly<Record<string, string>>,
  arguments_: readonly string[] = [],
): RelayerProcess {
  const child = endWithUs(
    spawn(process.execPath, [join(testConfig.root, 'web/relayer/main.ts'), ...arguments_], {
      env: {
        PATH: testConfig.searchPath.join(':'),
        NODE_ENV: 'test',
        NODE_COMPILE_CACHE: join(testConfig.root, '.cache', 'compiled'),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  const lines: string[] = []
  const waiting: { readonly message: string; readonly heard: () => void }[] = []
  for (const stream of [child.stdout, child.stderr]) listen(stream, hear)
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  function hear(line: string): void {
    lines.push(line)
    for (const { message, heard } of waiting) if (line.includes(`"msg":"${message}"`)) heard()
  }
  return {
    pid: child.pid ?? 0,
    ended,
    lines,
    said: (message) =>
      new Promise((resolve, reject) => {
        if (lines.some((line) => line.includes(`"msg":"${message}"`))) return resolve()
        waiting.push({ message, heard: resolve })
        void ended.then((how) =>
          reject(new Error(`the relayer ended (${how}) before "${message}":\n${lines.join('\n')}`)),
        )
      }),
    kill: (signal) => {
      child.kill(signal)
    },
  }
}

function listen(stream: ChildProcess['stdout'], hear: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) hear(line)
  })
}
