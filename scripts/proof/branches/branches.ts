import { type AstNode, child, children, placeOf, SourceText, type Span, spanOf, walk } from '../solidity/ast.ts'
import { hasCode } from '../solidity/compiler.ts'

/** One way the code can go, by which a test must have gone. */
export interface Branch {
  readonly file: string
  readonly line: number
  /** The same for as long as the function decides the same, wherever its lines go. */
  readonly name: string
}

/** A place where the code's way is noted; `first` is the number of its first branch. */
export type Watch =
  /** A condition: `first` when it is false, the next when it is true. */
  | { readonly form: 'decision'; readonly span: Span; readonly first: number }
  /** A body that is gone into. */
  | { readonly form: 'entry'; readonly span: Span; readonly first: number }
  /** A block of assembly with what is decided in it, in order, two branches each. */
  | { readonly form: 'assembly'; readonly node: AstNode; readonly first: number; readonly forks: readonly AstNode[] }

export interface Watched {
  readonly branches: readonly Branch[]
  readonly watches: ReadonlyMap<string, readonly Watch[]>
}

/** Every branch of the production contracts: each outcome of each condition, of each side of && and ||, each body. */
export function findBranches(
  trees: ReadonlyMap<string, AstNode>,
  sources: ReadonlyMap<string, string>,
  isWatched: (path: string) => boolean = hasCode,
): Watched {
  const branches: Branch[] = []
  const watches = new Map<string, Watch[]>()
  for (const [path, text] of sources) {
    const tree = trees.get(path)
    if (tree === undefined || !isWatched(path)) continue
    watches.set(path, new Finder(new SourceText(path, text), branches).find(tree))
  }
  return { branches: withTurns(branches), watches }
}

class Finder {
  private readonly source: SourceText
  private readonly branches: Branch[]
  private readonly watches: Watch[] = []
  private readonly seen = new Set<string>()

  constructor(source: SourceText, branches: Branch[]) {
    this.source = source
    this.branches = branches
  }

  find(tree: AstNode): Watch[] {
    walk(tree, (node, ancestors) => {
      if (node.nodeType === 'ContractDefinition' && node.kind === 'interface') return false
      // A constant is written into the code where it is used: nothing is decided when it runs.
      if (node.nodeType === 'VariableDeclaration' && node.constant === true) return false
      const place = placeOf([node, ...ancestors])
      if (node.nodeType === 'InlineAssembly') this.assembly(node, place)
      for (const condition of conditionsOf(node)) this.decision(condition, place)
      const body = bodyOf(node)
      if (body !== undefined) this.entry(node, body, place)
      return node.nodeType !== 'InlineAssembly'
    })
    return this.watches
  }

  private decision(condition: AstNode, place: string): void {
    for (const leaf of leavesOf(condition)) {
      if (this.seen.has(leaf.src) || leaf.nodeType === 'Literal') continue
      this.seen.add(leaf.src)
      const text = this.textOf(leaf)
      const first = this.branches.length
      this.add(spanOf(leaf), place, `${text} is false`)
      this.add(spanOf(leaf), place, `${text} is true`)
      this.watches.push({ form: 'decision', span: spanOf(leaf), first })
    }
  }

  private entry(node: AstNode, body: AstNode, place: string): void {
    const first = this.branches.length
    const what = node.nodeType === 'TryCatchClause' ? this.textOf(node).slice(0, 60) : ''
    this.add(spanOf(node), place, `${what} is entered`.trim())
    this.watches.push({ form: 'entry', span: spanOf(body), first })
  }

  private assembly(node: AstNode, place: string): void {
    const forks: AstNode[] = []
    const first = this.branches.length
    walk(node, (below) => {
      if (below.nodeType !== 'YulIf' && below.nodeType !== 'YulForLoop') return undefined
      const condition = child(below, 'condition')
      if (condition === undefined) return undefined
      forks.push(below)
      this.add(spanOf(condition), place, `${this.textOf(condition)} is false`)
      this.add(spanOf(condition), place, `${this.textOf(condition)} is true`)
      return undefined
    })
    if (forks.length > 0) this.watches.push({ form: 'assembly', node, first, forks })
  }

  private add({ from }: Span, place: string, what: string): void {
    const { path } = this.source
    this.branches.push({ file: path, line: this.source.lineAt(from), name: `${path} ${place} | ${what}` })
  }

  private textOf(node: AstNode): string {
    return this.source.textOf(node).replaceAll(/\s+/g, ' ')
  }
}

/** What a node decides on; an assertion decides nothing, since its failing would be a bug. */
function conditionsOf(node: AstNode): readonly AstNode[] {
  switch (node.nodeType) {
    case 'IfStatement':
    case 'Conditional':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      return [child(node, 'condition')].filter((condition) => condition !== undefined)
    case 'BinaryOperation':
      return node.operator === '&&' || node.operator === '||' ? [node] : []
    case 'FunctionCall':
      return child(node, 'expression')?.name === 'require' ? children(node, 'arguments').slice(0, 1) : []
    default:
      return []
  }
}

/** The conditions that a condition is put together from: each outcome of each is a branch of its own. */
function leavesOf(node: AstNode): AstNode[] {
  const below = (...fields: string[]): AstNode[] =>
    fields.flatMap((field) => {
      const part = child(node, field)
      return part === undefined ? [] : leavesOf(part)
    })
  if (node.nodeType === 'BinaryOperation' && (node.operator === '&&' || node.operator === '||')) {
    return below('leftExpression', 'rightExpression')
  }
  if (node.nodeType === 'UnaryOperation' && node.operator === '!') return below('subExpression')
  const [only, ...others] = children(node, 'components')
  if (node.nodeType === 'TupleExpression' && only !== undefined && others.length === 0) return leavesOf(only)
  return [node]
}

/** Bodies of functions, of modifiers, and of what follows a try. */
function bodyOf(node: AstNode): AstNode | undefined {
  if (node.nodeType === 'FunctionDefinition' || node.nodeType === 'ModifierDefinition') return child(node, 'body')
  return node.nodeType === 'TryCatchClause' ? child(node, 'block') : undefined
}

function withTurns(branches: readonly Branch[]): Branch[] {
  const turns = new Map<string, number>()
  return branches.map((branch) => {
    const turn = (turns.get(branch.name) ?? 0) + 1
    turns.set(branch.name, turn)
    return turn === 1 ? branch : { ...branch, name: `${branch.name} | ${turn}` }
  })
}
