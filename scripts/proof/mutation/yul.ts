import { type AstNode, child, children, type SourceText, spanOf } from '../solidity/ast.ts'
import type { Change } from './change.ts'

const swaps: Readonly<Record<string, string>> = {
  add: 'sub',
  sub: 'add',
  mul: 'div',
  div: 'mul',
  and: 'or',
  or: 'and',
  xor: 'or',
  shl: 'shr',
  shr: 'shl',
  lt: 'gt',
  gt: 'lt',
  slt: 'sgt',
  sgt: 'slt',
}

/** Both writings of an expression are computed, so that neither may do more than compute. */
const doesMore = /\b(\w*call|create2?|[mst]store8?|log\d|revert|return|selfdestruct|\w*copy)\(/

export interface YulChange extends Change {
  readonly form: 'yul value' | 'yul statement'
}

/** Every mistake that we know how to make in inline assembly; `constants` are the names that stand for Solidity's. */
export function yulChangesOf(node: AstNode, source: SourceText, constants: ReadonlySet<string>): YulChange[] {
  const span = spanOf(node)
  const text = source.textOf(node)
  const value = (kind: string, becomes: string): YulChange[] =>
    doesMore.test(text) ? [] : [{ form: 'yul value', kind, span, becomes }]
  switch (node.nodeType) {
    case 'YulFunctionCall':
      return callChanges(node, source, value)
    case 'YulLiteral':
      return literalChanges(node, text, value)
    case 'YulIdentifier':
      if (!constants.has(text)) return []
      return [...value('constant +1', `add(${text}, 1)`), ...value('constant -1', `sub(${text}, 1)`)]
    case 'YulIf':
    case 'YulForLoop':
      return conditionChanges(node)
    case 'YulExpressionStatement':
    case 'YulAssignment':
      return [{ form: 'yul statement', kind: 'deleted', span, becomes: '' }]
    default:
      return []
  }
}

function callChanges(
  node: AstNode,
  source: SourceText,
  value: (kind: string, becomes: string) => YulChange[],
): YulChange[] {
  const name = child(node, 'functionName')?.name ?? ''
  const given = children(node, 'arguments').map((one) => source.textOf(one))
  const [only = ''] = given
  if (name === 'iszero') return value('without iszero', only)
  if (name === 'eq') return value('eq to not eq', `iszero(eq(${given.join(', ')}))`)
  const other = swaps[name]
  return other === undefined ? [] : value(`${name} to ${other}`, `${other}(${given.join(', ')})`)
}

function literalChanges(
  node: AstNode,
  text: string,
  value: (kind: string, becomes: string) => YulChange[],
): YulChange[] {
  if (node.kind !== 'number' || /^0x[0-9a-fA-F]{40}$/.test(text)) return []
  const less = /^0(x0+)?$/.test(text) ? [] : value('constant -1', `sub(${text}, 1)`)
  return [...value('constant +1', `add(${text}, 1)`), ...less]
}

function conditionChanges(node: AstNode): YulChange[] {
  const condition = child(node, 'condition')
  if (condition === undefined) return []
  const values = node.nodeType === 'YulIf' ? ['1', '0'] : ['0']
  return values.map((becomes) => ({ form: 'yul value', kind: 'condition', span: spanOf(condition), becomes }))
}
