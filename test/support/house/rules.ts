import { posix } from 'node:path'
import type { Finding } from './finding.ts'
import { checkCircles, checkDoors } from './rooms.ts'
import type { Source } from './source.ts'

/** A place that may break a rule, and why. */
export interface Exception {
  readonly path: string
  readonly rule: string
  readonly reason: string
}

export const most = { lines: 300, solidityLines: 400, functionLines: 70, columns: 120, readmeLines: 150 } as const

/** All findings, less the exceptions; an exception that excuses nothing is itself a finding. */
export function checkHouse(sources: readonly Source[], exceptions: readonly Exception[]): Finding[] {
  const findings = [
    ...checkDoors(sources.filter((source) => isProgram(source.path))),
    ...checkCircles(sources),
    ...sources.flatMap((source) => [
      ...checkName(source),
      ...checkPassingOn(source),
      ...checkEnvironment(source),
      ...checkSizes(source),
    ]),
  ]
  const excused = (finding: Finding): boolean =>
    exceptions.some((exception) => exception.path === finding.path && exception.rule === finding.rule)
  const idle = exceptions.filter((exception) => {
    return !findings.some((finding) => finding.path === exception.path && finding.rule === exception.rule)
  })
  return [
    ...findings.filter((finding) => !excused(finding)),
    ...idle.map(({ path, rule }) => {
      return { path, line: 1, rule: 'exceptions', message: `the exception from "${rule}" excuses nothing any more` }
    }),
  ]
}

const isProgram = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path)

const emptyNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'lib', 'libs', 'misc'])

function checkName(source: Source): Finding[] {
  const parts = source.path.split('/').map((part) => part.replace(/\..*$/, ''))
  const empty = parts.filter((part) => emptyNames.has(part.toLowerCase()))
  if (/^types\.tsx?$/.test(posix.basename(source.path))) empty.push('types')
  return empty.map((name) => ({
    path: source.path,
    line: 1,
    rule: 'names',
    message: `"${name}" says nothing of what is inside; name it after the fact it holds`,
  }))
}

function checkPassingOn(source: Source): Finding[] {
  if (!isProgram(source.path)) return []
  const stars = source.passedOn.filter((line) => /^\s*export\s+(type\s+)?\*/.test(source.lines[line - 1] ?? ''))
  const onlyPasses = source.passedOn.length > 0 && !source.declares ? source.passedOn.slice(0, 1) : []
  return [...new Set([...stars, ...onlyPasses])].map((line) => ({
    path: source.path,
    line,
    rule: 'barrels',
    message: 'passes on what other files export; import it from where it lives',
  }))
}

function checkEnvironment(source: Source): Finding[] {
  const name = posix.basename(source.path)
  if (name === 'config.ts' || /\.config\.(ts|mjs)$/.test(name) || source.path === 'scripts/bootstrap.mjs') return []
  return source.environmentReads.map((line) => ({
    path: source.path,
    line,
    rule: 'environment',
    message: 'reads the environment; only config.ts files do, and pass values on',
  }))
}

function checkSizes(source: Source): Finding[] {
  const { path } = source
  if (path === 'README.md') return tooLong(source, most.readmeLines)
  const limit = path.endsWith('.sol') ? most.solidityLines : most.lines
  const wide = source.lines.flatMap((text, index) => {
    const columns = [...text].length
    if (columns <= most.columns) return []
    return [{ path, line: index + 1, rule: 'columns', message: `${columns} columns; the most is ${most.columns}` }]
  })
  const long = source.functions
    .filter((found) => found.length > most.functionLines)
    .map(({ name, line, length }) => {
      return {
        path,
        line,
        rule: 'functions',
        message: `${name} has ${length} lines; the most is ${most.functionLines}`,
      }
    })
  return [...tooLong(source, limit), ...wide, ...long]
}

function tooLong(source: Source, limit: number): Finding[] {
  const { length } = source.lines
  if (length <= limit) return []
  return [{ path: source.path, line: limit + 1, rule: 'lines', message: `${length} lines; the most is ${limit}` }]
}
