import { type AstNode, child, everyChild, type SourceText, type Span, spanOf } from '../solidity/ast.ts'

/** One way to write a piece of source differently. */
export interface Change {
  /** What kind of mistake it is, in a word or two. */
  readonly kind: string
  readonly span: Span
  readonly becomes: string
}

/** Where a change is made behind the switch: a value or a statement chosen among several. */
export interface Host {
  readonly form: 'value' | 'statement'
  readonly span: Span
}

const noValue = /^t_(rational|stringliteral|tuple|error|function|type|magic|module|mapping|modifier|super)/

/** Whether an expression has one value whose type does not depend on how it is written. */
export function isChoosable(node: AstNode): boolean {
  const type = node.typeDescriptions?.typeIdentifier
  if (typeof type !== 'string' || noValue.test(type) || node.lValueRequested === true) return false
  return !['VariableDeclaration', 'ElementaryTypeName', 'UserDefinedTypeName', 'ArrayTypeName', 'Mapping'].includes(
    node.nodeType,
  )
}

const wholeStatements = ['ExpressionStatement', 'EmitStatement', 'RevertStatement', 'Return']

/** The smallest piece around a change below or at `node` that can be chosen at run time. */
export function hostOf(
  source: SourceText,
  change: Change,
  node: AstNode,
  ancestors: readonly AstNode[],
  wanted: 'any' | 'statement' = 'any',
): Host | undefined {
  const changed = everyChild(node).find((below) => isSame(spanOf(below), change.span))
  const chain = [...(changed === undefined ? [] : [changed]), node, ...ancestors]
  for (const [index, at] of chain.entries()) {
    const above = chain[index + 1]
    const isValue = isChoosable(at) || (above !== undefined && isGivenType(at, above))
    if (isValue && wanted === 'any') return { form: 'value', span: spanOf(at) }
    if (wholeStatements.includes(at.nodeType) || (wanted === 'statement' && at.nodeType === 'IfStatement')) {
      if (above?.nodeType === 'ForStatement' && child(above, 'body') !== at) return undefined
      return { form: 'statement', span: source.statementSpan(at) }
    }
    if (/Definition$|Block$|Statement$|Specifier$|Invocation$/.test(at.nodeType)) return undefined
  }
  return undefined
}

/** A literal that begins a variable takes the variable's type, whichever literal it is. */
function isGivenType(node: AstNode, above: AstNode): boolean {
  const rational = /^t_rational/.test(node.typeDescriptions?.typeIdentifier ?? '')
  if (above.nodeType === 'VariableDeclarationStatement') return rational && child(above, 'initialValue') === node
  return above.nodeType === 'VariableDeclaration' && rational && child(above, 'value') === node
}

/** The host's text with the change made in it. */
export function changedText(source: SourceText, host: Span, change: Change): string {
  const before = source.cut({ from: host.from, to: change.span.from })
  return before + change.becomes + source.cut({ from: change.span.to, to: host.to })
}

const isSame = (a: Span, b: Span): boolean => a.from === b.from && a.to === b.to
