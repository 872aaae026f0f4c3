import { type ParserPlugin, parse } from '@babel/parser'

/** What the rules of the house need to know of one file. */
export interface Source {
  /** From the repository's root, with forward slashes. */
  readonly path: string
  readonly lines: readonly string[]
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionSpan[]
  /** Lines that read the environment. */
  readonly environmentReads: readonly number[]
  /** Lines that pass on what another file exports. */
  readonly passedOn: readonly number[]
  readonly declares: boolean
}

export interface Import {
  readonly specifier: string
  readonly line: number
}

export interface FunctionSpan {
  readonly name: string
  readonly line: number
  readonly length: number
}

interface Node {
  readonly type: string
  readonly loc?: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }
  readonly [field: string]: unknown
}

interface Findings {
  readonly imports: Import[]
  readonly functions: FunctionSpan[]
  readonly environmentReads: number[]
}

/** Reads one TypeScript, JavaScript or Solidity file given as text. */
export function readSource(path: string, text: string): Source {
  const lines = text.replace(/\n$/, '').split('\n')
  if (path.endsWith('.sol')) return { ...nothingFound, path, lines, imports: solidityImports(lines), declares: true }
  if (!/\.(ts|tsx|mjs)$/.test(path)) return { ...nothingFound, path, lines, declares: true }
  const plugins: ParserPlugin[] = path.endsWith('.tsx') ? ['typescript', 'jsx'] : ['typescript']
  const program = parse(text, { sourceType: 'module', plugins, createImportExpressions: true }).program
  const findings: Findings = { imports: [], functions: [], environmentReads: [] }
  visit(program as unknown as Node, undefined, findings)
  const statements = program.body as unknown as readonly Node[]
  const passedOn = statements.filter((statement) => isReExport(statement))
  const rest = statements.filter((statement) => !passedOn.includes(statement) && statement.type !== 'ImportDeclaration')
  return { path, lines, ...findings, passedOn: passedOn.map(lineOf), declares: rest.length > 0 }
}

const nothingFound = { imports: [], functions: [], environmentReads: [], passedOn: [] } as const

function solidityImports(lines: readonly string[]): Import[] {
  return lines.flatMap((line, index) => {
    const specifier = /^\s*(?:import\b.*|\}\s*from\s*)"([^"]+)"/.exec(line)?.[1]
    return specifier === undefined ? [] : [{ specifier, line: index + 1 }]
  })
}

const lineOf = (node: Node): number => node.loc?.start.line ?? 0

function isReExport(statement: Node): boolean {
  if (statement.type === 'ExportAllDeclaration') return true
  return statement.type === 'ExportNamedDeclaration' && isNode(statement['source'])
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

function visit(node: Node, parent: Node | undefined, findings: Findings): void {
  noteImport(node, findings)
  noteFunction(node, parent, findings)
  if (readsEnvironment(node)) findings.environmentReads.push(lineOf(node))
  for (const [field, value] of Object.entries(node)) {
    if (field === 'loc' || field === 'extra' || field.endsWith('Comments')) continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) visit(child, node, findings)
    }
  }
}

const importing = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'ExportNamedDeclaration', 'ImportExpression'])

function noteImport(node: Node, findings: Findings): void {
  if (!importing.has(node.type) && node.type !== 'TSImportType') return
  const source = node.type === 'TSImportType' ? (node['argument'] ?? node['source']) : node['source']
  if (!isNode(source)) return
  const literal = isNode(source['literal']) ? source['literal'] : source
  if (typeof literal['value'] !== 'string') return
  findings.imports.push({ specifier: literal['value'], line: lineOf(node) })
}

const functionKinds =
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|Class(Private)?Method)$/

function noteFunction(node: Node, parent: Node | undefined, findings: Findings): void {
  if (!functionKinds.test(node.type) || node.loc === undefined) return
  // describe() only gathers promises under a heading; each of them is measured by itself.
  if (parent?.type === 'CallExpression' && calleeOf(parent).startsWith('describe')) return
  const name = nameOf(node) ?? (parent === undefined ? undefined : nameOf(parent)) ?? 'a function without a name'
  const length = node.loc.end.line - node.loc.start.line + 1
  findings.functions.push({ name, line: node.loc.start.line, length })
}

function nameOf(node: Node): string | undefined {
  for (const field of ['id', 'key']) {
    const named = node[field]
    if (isNode(named) && typeof named['name'] === 'string') return named['name']
  }
  if (node.type !== 'CallExpression') return undefined
  const [first] = node['arguments'] as readonly Node[]
  return typeof first?.['value'] === 'string' ? `${calleeOf(node)}('${first['value']}')` : undefined
}

/** `test.each(cases)` and `test.skipIf(x)` are called "test.each" and "test.skipIf". */
function calleeOf(call: Node): string {
  const callee = call['callee']
  if (!isNode(callee)) return ''
  if (callee.type === 'Identifier') return String(callee['name'])
  if (callee.type === 'CallExpression') return calleeOf(callee)
  if (callee.type !== 'MemberExpression') return ''
  const [object, property] = [callee['object'], callee['property']]
  return [object, property].map((part) => (isNode(part) ? String(part['name'] ?? '') : '')).join('.')
}

function readsEnvironment(node: Node): boolean {
  const named = (value: unknown, name: string): boolean => {
    return isNode(value) && (value['name'] === name || value['value'] === name)
  }
  if (/^(Optional)?MemberExpression$/.test(node.type)) {
    const object = node['object']
    const ofProcess = named(object, 'process') || (isNode(object) && named(object['property'], 'process'))
    const ofModule = isNode(object) && object.type === 'MetaProperty'
    return (ofProcess || ofModule) && named(node['property'], 'env')
  }
  if (node.type === 'VariableDeclarator' && named(node['init'], 'process') && isNode(node['id'])) {
    const properties = node['id']['properties']
    return Array.isArray(properties) && properties.some((property: Node) => named(property['key'], 'env'))
  }
  if (node.type !== 'ImportDeclaration' || !isNode(node['source'])) return false
  if (!/^(node:)?process$/.test(String(node['source']['value']))) return false
  return (node['specifiers'] as readonly Node[]).some((specifier) => named(specifier['imported'], 'env'))
}
