import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import solc from 'solc'
import type { CompilerSettings } from './compiler.ts'

interface Work {
  readonly sources: Readonly<Record<string, string>>
  readonly settings: CompilerSettings
  readonly modules: string
}

const { sources, settings, modules }: Work = workerData

const input = {
  language: 'Solidity',
  sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])),
  settings: { optimizer: settings.optimizer, evmVersion: 'osaka', outputSelection: settings.outputs },
}

/** What is imported and not given: packages. */
function imported(path: string): { contents: string } | { error: string } {
  const file = join(modules, path)
  if (!existsSync(file)) return { error: `${path} is neither in the tree nor in node_modules` }
  return { contents: readFileSync(file, 'utf8') }
}

parentPort?.postMessage(solc.compile(JSON.stringify(input), { import: imported }))
