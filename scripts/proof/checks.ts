import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from './program.ts'

/** One thing that must hold of the tree, and what a person does when it does not. */
export interface Check {
  readonly name: string
  readonly program: Program
  readonly expected: string
  readonly remedy: string
  /** Whether there is anything to look at yet. */
  readonly applies: boolean
}

const typescript = 'node_modules/typescript/bin/tsc'

/** The projects that between them hold every TypeScript file below `root`. */
export function typeChecks(root: string): Check[] {
  const projects = [
    { name: 'types: contracts, indexer, scripts', file: 'tsconfig.json' },
    { name: 'types: web', file: 'web/tsconfig.check.json' },
    { name: 'types: test', file: 'test/tsconfig.json' },
  ]
  return projects.map(({ name, file }) => ({
    name,
    program: { file: typescript, args: ['--project', file, '--pretty', 'false'], directory: root },
    expected: 'no type error',
    remedy: 'correct the lines above; where the database client is missing, run node scripts/bootstrap.mjs',
    applies: globSync(join(root, file.includes('/') ? file.replace(/[^/]+$/, '**/*.ts') : '*.config.ts')).length > 0,
  }))
}

function styleChecks(root: string): Check[] {
  const solidity = globSync('{contracts,test/contracts}/**/*.sol', { cwd: root })
  const contracts = solidity.filter((path) => path.startsWith('contracts/'))
  return [
    {
      name: 'style: TypeScript, JSON, CSS',
      program: {
        file: 'node_modules/@biomejs/biome/bin/biome',
        args: ['check', '--error-on-warnings', '--colors=off', '--max-diagnostics=50', '.'],
        directory: root,
      },
      expected: 'formatted, and no lint warning',
      remedy: 'node_modules/.bin/biome check --write . corrects what can be corrected by itself',
      applies: true,
    },
    {
      name: 'style: Solidity rules',
      program: {
        file: 'node_modules/solhint/solhint.js',
        args: ['--disc', '--noPoster', '--max-warnings', '0', ...contracts],
        directory: root,
      },
      expected: 'no warning',
      remedy: 'correct the lines above, or excuse one with solhint-disable-next-line and a reason',
      applies: contracts.length > 0,
    },
    {
      name: 'style: Solidity format',
      program: { file: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', ...solidity], directory: root },
      expected: 'every file as prettier writes it',
      remedy: "node_modules/.bin/prettier --write 'contracts/**/*.sol' 'test/contracts/**/*.sol'",
      applies: solidity.length > 0,
    },
  ]
}

function treeChecks(root: string): Check[] {
  return [
    {
      name: 'house: doors, names, sizes',
      program: {
        file: 'node_modules/vitest/vitest.mjs',
        args: ['run', '--project', 'house', '--reporter=dot', '--no-color'],
        directory: root,
      },
      expected: 'every rule kept',
      remedy: 'each line names the file and the rule; an exception, with its reason, goes into test/house.test.ts',
      applies: true,
    },
    {
      name: 'generated: contracts/generated.ts',
      program: { file: 'scripts/generate.ts', args: ['--check'], directory: root },
      expected: 'generated from the contracts as they are',
      remedy: 'npm run generate, and commit what it writes',
      applies: existsSync(join(root, 'scripts/generate.ts')),
    },
  ]
}

/** Longest first, so that two at a time end together. */
export function everyCheck(root: string): Check[] {
  return [...typeChecks(root), ...treeChecks(root), ...styleChecks(root)]
}
