/** What the compiler says of a piece of source; only the fields that our tools read. */
export interface AstNode {
  readonly id?: number
  readonly nodeType: string
  /** Begin, length and file, in bytes. */
  readonly src: string
  readonly name?: string
  readonly memberName?: string
  readonly kind?: string
  readonly operator?: string
  readonly value?: string | AstNode | null
  readonly constant?: boolean
  readonly prefix?: boolean
  readonly lValueRequested?: boolean
  readonly referencedDeclaration?: number | null
  readonly typeDescriptions?: { readonly typeIdentifier?: string | null; readonly typeString?: string | null }
  readonly commonType?: { readonly typeString?: string | null }
  readonly visibility?: string
  readonly stateMutability?: string
  readonly virtual?: boolean
  readonly names?: readonly string[]
}

export const everyChild = (node: AstNode): AstNode[] =>
  Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => spanOf(a).from - spanOf(b).from)

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value
}

/** One child by the name of its field. */
export function child(node: AstNode, field: string): AstNode | undefined {
  const found: unknown = Reflect.get(node, field)
  return isNode(found) ? found : undefined
}

/** The children in a list, by the name of the field; holes, as in `(, a)`, are left out. */
export function children(node: AstNode, field: string): readonly AstNode[] {
  const found: unknown = Reflect.get(node, field)
  return Array.isArray(found) ? found.filter(isNode) : []
}

export interface Span {
  readonly from: number
  readonly to: number
}

export function spanOf(node: AstNode): Span {
  const [from = 0, length = 0] = node.src.split(':').map(Number)
  return { from, to: from + length }
}

/** Visits a node and all below it, each with its ancestors, nearest first; `false` spares what is below. */
export function walk(
  node: AstNode,
  visit: (node: AstNode, ancestors: readonly AstNode[]) => boolean | undefined,
  ancestors: readonly AstNode[] = [],
): void {
  if (visit(node, ancestors) === false) return
  const inside = [node, ...ancestors]
  for (const below of everyChild(node)) walk(below, visit, inside)
}

/** A source as bytes, since that is how the compiler counts. */
export class SourceText {
  readonly path: string
  readonly text: string
  private readonly bytes: Buffer

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.bytes = Buffer.from(text)
  }

  get end(): number {
    return this.bytes.length
  }

  cut({ from, to }: Span): string {
    return this.bytes.toString('utf8', from, to)
  }

  textOf(node: AstNode): string {
    return this.cut(spanOf(node))
  }

  lineAt(byte: number): number {
    return this.cut({ from: 0, to: byte }).split('\n').length
  }

  /** A statement with the semicolon that the compiler may leave out of it. */
  statementSpan(node: AstNode): Span {
    const { from, to } = spanOf(node)
    const semicolon = /^\s*;/.exec(this.cut({ from: to, to: to + 40 }))?.[0]
    return { from, to: to + (semicolon === undefined ? 0 : Buffer.byteLength(semicolon)) }
  }
}

/** The function or modifier that a node is in, with its contract; a constant outside of both has the contract alone. */
export function placeOf(ancestors: readonly AstNode[]): string {
  const names = ancestors
    .filter(({ nodeType }) => ['FunctionDefinition', 'ModifierDefinition', 'ContractDefinition'].includes(nodeType))
    .map(({ name, kind }) => (name === undefined || name === '' ? (kind ?? '') : name))
  return names.reverse().join('.')
}
