import { type AstNode, child, children, type SourceText, spanOf } from '../solidity/ast.ts'
import type { Change } from './change.ts'

const binarySwaps: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>'],
  '<=': ['<', '>='],
  '>': ['>=', '<'],
  '>=': ['>', '<='],
  '==': ['!='],
  '!=': ['=='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['/'],
  '&': ['|'],
  '|': ['&'],
  '^': ['|'],
  '<<': ['>>'],
  '>>': ['<<'],
  '**': ['*'],
  '&&': ['||'],
  '||': ['&&'],
}

const assignmentSwaps: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '|=': '&=',
  '&=': '|=',
  '^=': '|=',
  '<<=': '>>=',
  '>>=': '<<=',
}

/** Members of every enum, by the id of each member's declaration. */
export type EnumNeighbours = ReadonlyMap<number, readonly string[]>

export interface Surroundings {
  readonly source: SourceText
  readonly neighbours: EnumNeighbours
}

/** Every mistake of one place that we know how to make in an expression. */
export function changesOf(node: AstNode, ancestors: readonly AstNode[], around: Surroundings): Change[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
      return binaryChanges(node, around)
    case 'Assignment':
      return assignmentChanges(node, around)
    case 'UnaryOperation':
      return unaryChanges(node, around)
    case 'Literal':
      return literalChanges(node, around)
    case 'FunctionCall':
      return callChanges(node, around)
    case 'MemberAccess':
      return enumChanges(node, around)
    case 'IfStatement':
    case 'Conditional':
      return conditionChanges(node, ['true', 'false'])
    case 'WhileStatement':
    case 'ForStatement':
      return conditionChanges(node, ['false'])
    case 'Return':
      return returnChanges(node, ancestors, around)
    default:
      return []
  }
}

function binaryChanges(node: AstNode, { source }: Surroundings): Change[] {
  const left = child(node, 'leftExpression')
  const right = child(node, 'rightExpression')
  const { operator = '' } = node
  if (left === undefined || right === undefined || /^t_rational/.test(node.typeDescriptions?.typeIdentifier ?? '')) {
    return []
  }
  const between = { from: spanOf(left).to, to: spanOf(right).from }
  const gap = source.cut(between)
  const swaps = (binarySwaps[operator] ?? []).map((other) => {
    return { kind: `${operator} to ${other}`, span: between, becomes: gap.replace(operator, other) }
  })
  const [a, b] = [source.textOf(left), source.textOf(right)]
  if (operator === '/') {
    const up = `((${a}) / (${b}) + ((${a}) % (${b}) == 0 ? 0 : 1))`
    return [...swaps, { kind: 'rounding', span: spanOf(node), becomes: up }]
  }
  if (operator !== '&&' && operator !== '||') return swaps
  // Each side as if it were not there.
  const neutral = operator === '&&' ? 'true' : 'false'
  return [...swaps, ...[left, right].map((side) => ({ kind: 'condition', span: spanOf(side), becomes: neutral }))]
}

function assignmentChanges(node: AstNode, { source }: Surroundings): Change[] {
  const [left, right] = [child(node, 'leftHandSide'), child(node, 'rightHandSide')]
  const { operator = '' } = node
  const other = assignmentSwaps[operator]
  if (left === undefined || right === undefined || other === undefined) return []
  const span = { from: spanOf(left).to, to: spanOf(right).from }
  return [{ kind: `${operator} to ${other}`, span, becomes: source.cut(span).replace(operator, other) }]
}

function unaryChanges(node: AstNode, { source }: Surroundings): Change[] {
  const below = child(node, 'subExpression')
  const { operator = '' } = node
  if (below === undefined || operator === 'delete') return []
  const inner = source.textOf(below)
  const other = { '++': '--', '--': '++' }[operator]
  if (other === undefined) return [{ kind: `without ${operator}`, span: spanOf(node), becomes: inner }]
  const becomes = node.prefix === true ? `${other}${inner}` : `${inner}${other}`
  return [{ kind: `${operator} to ${other}`, span: spanOf(node), becomes }]
}

function literalChanges(node: AstNode, { source }: Surroundings): Change[] {
  const span = spanOf(node)
  const text = source.textOf(node)
  if (node.kind === 'bool') return [{ kind: 'constant', span, becomes: text === 'true' ? 'false' : 'true' }]
  if (node.kind !== 'number' || /^0x[0-9a-fA-F]{40}$/.test(text)) return []
  const more = { kind: 'constant +1', span, becomes: `(${text} + 1)` }
  return /^0(x0+)?$/.test(text) ? [more] : [more, { kind: 'constant -1', span, becomes: `(${text} - 1)` }]
}

function callChanges(node: AstNode, { source }: Surroundings): Change[] {
  if (node.kind !== 'functionCall' && node.kind !== 'structConstructorCall') return []
  const called = child(node, 'expression')
  const given = children(node, 'arguments')
  if (called === undefined) return []
  const member = called.memberName ?? called.name ?? ''
  const span = spanOf(node)
  const texts = given.map((one) => source.textOf(one))
  return [...swappedArguments(node, member, given, source), ...calculationChanges(member, span, texts, called, source)]
}

function calculationChanges(
  member: string,
  span: Change['span'],
  texts: readonly string[],
  called: AstNode,
  source: SourceText,
): Change[] {
  const [first = '', second = '', third = ''] = texts
  const name = source.textOf(called)
  const extreme = { min: 'max', max: 'min' }[member]
  if (extreme !== undefined && texts.length === 2) {
    const becomes = `${name.slice(0, -3)}${extreme}(${first}, ${second})`
    return [{ kind: `${member} to ${extreme}`, span, becomes }]
  }
  if (member === 'mulDiv' && texts.length === 3) {
    return [{ kind: 'rounding', span, becomes: `${name}(${first}, ${second}, ${third}, Math.Rounding.Ceil)` }]
  }
  if (member === 'ceilDiv') return [{ kind: 'rounding', span, becomes: `((${first}) / (${second}))` }]
  const cast = /^to(Uint|Int)(\d+)$/.exec(member)
  if (cast !== null) {
    const value = texts.length === 0 ? name.slice(0, -member.length - 1) : first
    return [{ kind: 'cut cast', span, becomes: `${member.slice(2).toLowerCase()}(${value})` }]
  }
  if (member === 'keccak256' && /^(unicode)?"/.test(first)) {
    return [{ kind: 'constant', span, becomes: `bytes32(uint256(keccak256(${first})) ^ 1)` }]
  }
  return []
}

const commutative = ['min', 'max', 'average']

/** Neighbouring arguments of one type, exchanged. */
function swappedArguments(node: AstNode, member: string, given: readonly AstNode[], source: SourceText): Change[] {
  if (commutative.includes(member) || (node.names ?? []).length > 0) return []
  return given.flatMap((one, index) => {
    const next = given[index + 1]
    if (next === undefined || typeOf(one) !== typeOf(next)) return []
    const [a, b] = [source.textOf(one), source.textOf(next)]
    if (a === b || (member === 'mulDiv' && index === 0)) return []
    const span = { from: spanOf(one).from, to: spanOf(next).to }
    const between = source.cut({ from: spanOf(one).to, to: spanOf(next).from })
    return [{ kind: 'swapped', span, becomes: b + between + a }]
  })
}

const typeOf = (node: AstNode): string => node.typeDescriptions?.typeString ?? ''

function enumChanges(node: AstNode, { source, neighbours }: Surroundings): Change[] {
  const others = neighbours.get(node.referencedDeclaration ?? -1)
  const type = child(node, 'expression')
  if (others === undefined || type === undefined) return []
  const name = source.textOf(type)
  return others.map((other) => ({ kind: 'neighbour', span: spanOf(node), becomes: `${name}.${other}` }))
}

function conditionChanges(node: AstNode, values: readonly string[]): Change[] {
  const condition = child(node, 'condition')
  if (condition === undefined || condition.nodeType === 'Literal') return []
  return values.map((value) => ({ kind: 'condition', span: spanOf(condition), becomes: value }))
}

/** A value of the type that stands for nothing. */
function nothingOf(node: AstNode): readonly string[] {
  const type = node.typeDescriptions?.typeString ?? ''
  if (type === 'bool') return ['true', 'false']
  if (/^(u?int\d+|address|bytes\d+)$/.test(type)) return [`${type}(0)`]
  if (type.startsWith('enum ')) return [`${type.slice(5)}(0)`]
  if (node.typeDescriptions?.typeIdentifier?.startsWith('t_userDefinedValueType') === true) return [`${type}.wrap(0)`]
  return []
}

function returnChanges(node: AstNode, ancestors: readonly AstNode[], { source }: Surroundings): Change[] {
  const value = child(node, 'expression')
  if (value === undefined || value.nodeType === 'Literal' || ancestors.length === 0) return []
  const text = source.textOf(value)
  return nothingOf(value)
    .filter((nothing) => nothing !== text)
    .map((nothing) => ({ kind: 'returns nothing', span: spanOf(value), becomes: nothing }))
}
