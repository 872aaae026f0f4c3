import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { repository } from '../program.ts'
import type { AstNode } from './ast.ts'

/** Sources by their path from the repository's root. */
export type Sources = ReadonlyMap<string, string>

export interface CompiledContract {
  readonly abi: readonly unknown[]
  readonly evm: {
    readonly bytecode: { readonly object: string; readonly linkReferences: object }
    readonly deployedBytecode: { readonly object: string; readonly linkReferences: object }
  }
  readonly storageLayout?: unknown
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info'
  readonly formattedMessage: string
  readonly sourceLocation?: { readonly file: string; readonly start: number; readonly end: number }
}

export interface Compilation {
  readonly errors?: readonly Diagnostic[]
  readonly sources?: Readonly<Record<string, { readonly ast?: AstNode }>>
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, CompiledContract>>>>
}

export interface CompilerSettings {
  readonly optimizer: { readonly enabled: boolean; readonly runs?: number }
  readonly outputs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

export const codeOutputs = {
  '*': {
    '*': [
      'abi',
      'evm.bytecode.object',
      'evm.bytecode.linkReferences',
      'evm.deployedBytecode.object',
      'evm.deployedBytecode.linkReferences',
    ],
  },
} as const
export const astOutputs = { '*': { '': ['ast'] } } as const
/** Nothing is asked for, so that the compiler stops when it knows whether the sources are right. */
export const noOutputs = {} as const

/** What hardhat.config.ts compiles with, and so what is deployed. */
export const productionOptimizer = { enabled: true, runs: 10_000 } as const

export const solcVersion = '0.8.37'

/** The contracts themselves: what is deployed, and what is compiled into it. */
export function readProduction(): Map<string, string> {
  return readSources(['contracts/**/*.sol'])
}

export function readSources(patterns: readonly string[]): Map<string, string> {
  const files = globSync([...patterns], { cwd: repository }).sort()
  return new Map(files.map((file) => [file, readFileSync(join(repository, file), 'utf8')]))
}

/** Whether a source holds code of ours that runs: not an interface, which has none. */
export const hasCode = (path: string): boolean =>
  path.startsWith('contracts/') && !path.startsWith('contracts/interfaces/')

/** Compiles beside the main thread, so that progress can be told meanwhile. */
export async function compile(sources: Sources, settings: CompilerSettings): Promise<Compilation> {
  const worker = new Worker(new URL('./compiler-worker.ts', import.meta.url), {
    workerData: { sources: Object.fromEntries(sources), settings, modules: join(repository, 'node_modules') },
  })
  return await new Promise<Compilation>((resolve, reject) => {
    worker.once('message', (text: string) => resolve(JSON.parse(text)))
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the compiler ended with ${code} before it had answered`)))
  }).finally(() => worker.terminate())
}

export const errorsOf = ({ errors = [] }: Compilation): readonly Diagnostic[] =>
  errors.filter(({ severity }) => severity === 'error')

/** What the compiler says of each source, by path. */
export async function syntaxTrees(sources: Sources): Promise<ReadonlyMap<string, AstNode>> {
  const compilation = await compile(sources, { optimizer: { enabled: false }, outputs: astOutputs })
  const [error] = errorsOf(compilation)
  if (error !== undefined) {
    throw new Error(`the contracts do not compile:\n${error.formattedMessage}Correct that first: npm run check`)
  }
  const trees = Object.entries(compilation.sources ?? {}).flatMap(([path, { ast }]): [string, AstNode][] =>
    ast === undefined ? [] : [[path, ast]],
  )
  return new Map(trees)
}

/** The name of the contract that a source is named after. */
export const solidityOf = (path: string): string => basename(path, '.sol')
