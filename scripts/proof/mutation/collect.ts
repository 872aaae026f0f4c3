import { type AstNode, child, children, placeOf, SourceText, type Span, spanOf, walk } from '../solidity/ast.ts'
import { hasCode } from '../solidity/compiler.ts'
import { type Change, changedText, hostOf } from './change.ts'
import { changesOf, type EnumNeighbours, type Surroundings } from './operators.ts'
import { yulChangesOf } from './yul.ts'

export type Form = 'value' | 'statement' | 'yul value' | 'yul statement' | 'guard'

/** One mistake somebody might have made, and how to make it behind the switch. */
export interface Mutant {
  readonly file: string
  readonly line: number
  /** Contract and function. */
  readonly place: string
  readonly kind: string
  /** What stands there, and what would stand there instead. */
  readonly change: string
  /** The same for as long as the function says the same, wherever its lines go. */
  readonly key: string
  readonly form: Form
  readonly span: Span
  /** The whole span as the mistake writes it; for a guard, its number among the function's guards. */
  readonly text: string
  readonly guarded?: AstNode
}

/** Every mutant of the production contracts among `trees`. */
export function collectMutants(
  trees: ReadonlyMap<string, AstNode>,
  sources: ReadonlyMap<string, string>,
): ReadonlyMap<string, Mutant[]> {
  const neighbours = enumNeighbours(trees)
  const literalOnly = neededAsLiterals(trees)
  const found = new Map<string, Mutant[]>()
  for (const [path, text] of sources) {
    const tree = trees.get(path)
    if (tree === undefined || !hasCode(path)) continue
    const around = { source: new SourceText(path, text), neighbours }
    found.set(path, numberedKeys(mutantsOf(tree, around, literalOnly)))
  }
  return found
}

const withoutCode = [
  'EventDefinition',
  'ErrorDefinition',
  'StructDefinition',
  'EnumDefinition',
  'ImportDirective',
  'InheritanceSpecifier',
  'OverrideSpecifier',
  'StructuredDocumentation',
  'UsingForDirective',
]

function mutantsOf(tree: AstNode, around: Surroundings, literalOnly: ReadonlySet<number>): Mutant[] {
  const { source } = around
  const mutants: Mutant[] = []
  let constants: ReadonlySet<string> = new Set()
  walk(tree, (node, ancestors) => {
    if (withoutCode.includes(node.nodeType)) return false
    if (node.nodeType === 'ContractDefinition' && node.kind === 'interface') return false
    if (node.nodeType === 'VariableDeclaration' && literalOnly.has(node.id ?? -1)) return false
    if (node.nodeType === 'InlineAssembly') constants = constantNames(node, literalOnly, source)
    const place = placeOf([node, ...ancestors])
    if (node.nodeType.startsWith('Yul')) {
      for (const change of yulChangesOf(node, source, constants)) {
        const span = change.form === 'yul statement' ? spanOf(node) : change.span
        mutants.push(described(around, place, change, change.form, span))
      }
      return undefined
    }
    for (const change of [...changesOf(node, ancestors, around), ...deletionsOf(node, ancestors, source)]) {
      const host = change.kind === 'deleted' ? undefined : hostOf(source, change, node, ancestors)
      if (change.kind === 'deleted') mutants.push(described(around, place, change, 'statement', change.span))
      else if (host !== undefined) mutants.push(described(around, place, change, host.form, host.span))
    }
    mutants.push(...guardsOf(node, around, place))
    return undefined
  })
  return mutants
}

function described(around: Surroundings, place: string, change: Change, form: Form, span: Span): Mutant {
  const { source } = around
  const text = changedText(source, span, change)
  const brief = (long: string): string => long.replaceAll(/\s+/g, ' ').trim()
  const [whole, changed] = [brief(source.cut(span)), brief(text)]
  const own = `${brief(source.cut(change.span))} -> ${brief(change.becomes) || 'nothing'}`
  const shown =
    whole.length + changed.length > 160 ? `${own}, in ${whole.slice(0, 80)}` : `${whole} -> ${changed || 'nothing'}`
  const key = `${place} | ${change.kind} | ${shown}`
  const line = source.lineAt(change.span.from)
  return { file: source.path, line, place, kind: change.kind, change: shown, key, form, span, text }
}

/** Statements that can be left out; a step of a loop cannot, for the loop would not end. */
function deletionsOf(node: AstNode, ancestors: readonly AstNode[], source: SourceText): Change[] {
  const deletable = node.nodeType === 'EmitStatement' || node.nodeType === 'ExpressionStatement'
  const above = ancestors[0]
  if (!deletable || above === undefined || pointsSomewhere(node)) return []
  if (above.nodeType === 'ForStatement' && child(above, 'body') !== node) return []
  return [{ kind: 'deleted', span: source.statementSpan(node), becomes: '' }]
}

/** The compiler insists that what points into storage or call data is made to point there. */
function pointsSomewhere(statement: AstNode): boolean {
  const assigned = child(child(statement, 'expression') ?? statement, 'leftHandSide')
  return /_(storage|calldata)_ptr(_slice)?$/.test(assigned?.typeDescriptions?.typeIdentifier ?? '')
}

/** A function without one of its modifiers. */
function guardsOf(node: AstNode, around: Surroundings, place: string): Mutant[] {
  if (node.nodeType !== 'FunctionDefinition' || node.kind !== 'function' || child(node, 'body') === undefined) return []
  const parameters = children(child(node, 'parameters') ?? node, 'parameters')
  if (parameters.some(({ name }) => name === undefined || name === '')) return []
  return children(node, 'modifiers').map((guard, index) => {
    const change = { kind: 'without guard', span: spanOf(guard), becomes: '' }
    const mutant = described(around, place, change, 'guard', spanOf(node))
    const shown = `${around.source.textOf(guard)} -> nothing, on ${place}`
    return { ...mutant, change: shown, key: `${place} | without guard | ${shown}`, text: String(index), guarded: node }
  })
}

function enumNeighbours(trees: ReadonlyMap<string, AstNode>): EnumNeighbours {
  const neighbours = new Map<number, readonly string[]>()
  for (const tree of trees.values()) {
    walk(tree, (node) => {
      if (node.nodeType !== 'EnumDefinition') return undefined
      const members = children(node, 'members')
      for (const [index, { id = -1 }] of members.entries()) {
        const [before, after] = [members.at(index - 1), members[(index + 1) % members.length]]
        const names = [before, after].flatMap((member) => (member?.id === id ? [] : [member?.name ?? '']))
        neighbours.set(id, [...new Set(names)])
      }
      return false
    })
  }
  return neighbours
}

interface Reference {
  readonly declaration?: number
}

const referencesOf = (assembly: AstNode): readonly Reference[] => Reflect.get(assembly, 'externalReferences') ?? []

/** Constants that assembly or the length of an array names: those must be plain numbers, and are changed where used. */
function neededAsLiterals(trees: ReadonlyMap<string, AstNode>): ReadonlySet<number> {
  const ids = new Set<number>()
  for (const tree of trees.values()) {
    walk(tree, (node) => {
      if (node.nodeType === 'InlineAssembly') {
        for (const { declaration } of referencesOf(node)) if (declaration !== undefined) ids.add(declaration)
      }
      const length = node.nodeType === 'ArrayTypeName' ? child(node, 'length') : undefined
      if (typeof length?.referencedDeclaration === 'number') ids.add(length.referencedDeclaration)
      return undefined
    })
  }
  for (const tree of trees.values()) {
    walk(tree, (node) => {
      if (node.nodeType === 'VariableDeclaration' && node.constant !== true) ids.delete(node.id ?? -1)
      return undefined
    })
  }
  return ids
}

function constantNames(assembly: AstNode, ids: ReadonlySet<number>, source: SourceText): ReadonlySet<string> {
  const names = referencesOf(assembly).flatMap((reference) => {
    if (!ids.has(reference.declaration ?? -1)) return []
    const src: unknown = Reflect.get(reference, 'src')
    return typeof src === 'string' ? [source.cut(spanOf({ nodeType: 'Reference', src }))] : []
  })
  return new Set(names)
}

/** The same change made twice in one function is told apart by its turn. */
function numberedKeys(mutants: readonly Mutant[]): Mutant[] {
  const turns = new Map<string, number>()
  return mutants.map((mutant) => {
    const turn = (turns.get(mutant.key) ?? 0) + 1
    turns.set(mutant.key, turn)
    return turn === 1 ? mutant : { ...mutant, key: `${mutant.key} | ${turn}` }
  })
}
