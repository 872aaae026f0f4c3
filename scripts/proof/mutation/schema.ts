import { type AstNode, child, children, SourceText, type Span, spanOf } from '../solidity/ast.ts'
import {
  type Compilation,
  type CompilerSettings,
  codeOutputs,
  compile,
  type Diagnostic,
  errorsOf,
  noOutputs,
  type Sources,
} from '../solidity/compiler.ts'
import type { Mutant } from './collect.ts'

/** All mutants in one compilation; each is made by its number, which a run writes over a mark in the code. */
export interface Schema {
  readonly compilation: Compilation
  /** By number, beginning with 1; what the compiler would not take is not there. */
  readonly mutants: ReadonlyMap<number, Mutant>
  readonly refused: readonly { readonly mutant: Mutant; readonly because: string }[]
}

// 32 bytes that nothing else in the code holds.
const mark = 'd1ce5a1e7e57ab1e0ddba11ca5cadef0ca7f00d5e1ec7ed0b5e55ed5ca1ab1e5'
const markName = 'THE_CHOSEN_MUTANT'

/** Code in which mutant `number` is made, and no other; none is for 0. */
export function chosen(number: number): (code: string) => string {
  const written = number.toString(16).padStart(64, '0')
  return (code) => code.replaceAll(mark, written)
}

type Numbered = ReadonlyMap<number, Mutant>

/** Compiles sources with every mutant behind the switch, leaving out those that are not Solidity. */
export async function compileSchema(
  sources: Sources,
  mutants: readonly Mutant[],
  tell: (text: string) => void,
): Promise<Schema> {
  const numbered = new Map(mutants.map((mutant, index) => [index + 1, mutant]))
  const refused: { mutant: Mutant; because: string }[] = []
  for (let outputs: CompilerSettings['outputs'] = noOutputs; ; ) {
    const written = new Map(sources)
    const places = new Map<string, Placed[]>()
    for (const file of new Set(mutants.map((mutant) => mutant.file))) {
      const rendered = render(new SourceText(file, sources.get(file) ?? ''), numbered)
      written.set(file, rendered.text)
      places.set(file, rendered.places)
    }
    const compilation = await compile(written, { optimizer: { enabled: false }, outputs })
    const errors = errorsOf(compilation)
    if (errors.length === 0 && outputs === codeOutputs) return { compilation, mutants: numbered, refused }
    if (errors.length === 0) {
      tell(`${numbered.size} mutants are Solidity, ${refused.length} are not; compiling them`)
      outputs = codeOutputs
      continue
    }
    for (const error of errors) {
      const guilty = guiltyOf(error, places)
      for (const number of guilty) {
        const mutant = numbered.get(number)
        if (mutant !== undefined) refused.push({ mutant, because: error.formattedMessage.split('\n')[0] ?? '' })
        numbered.delete(number)
      }
      if (guilty.length === 0) throw new Error(`the mutants do not compile together:\n${error.formattedMessage}`)
    }
  }
}

interface Placed extends Span {
  readonly number: number
}

/** The mutants whose text an error lies in; where it lies around them, as with a stack too deep, those within. */
function guiltyOf({ sourceLocation }: Diagnostic, places: ReadonlyMap<string, readonly Placed[]>): number[] {
  if (sourceLocation === undefined) return []
  const { start, end } = sourceLocation
  const here = places.get(sourceLocation.file) ?? []
  const around = here.filter(({ from, to }) => from <= start && end <= to)
  const smallest = Math.min(...around.map(({ from, to }) => to - from))
  if (around.length > 0) return around.filter(({ from, to }) => to - from === smallest).map(({ number }) => number)
  return here.filter(({ from, to }) => start <= from && to <= end).map(({ number }) => number)
}

interface Site {
  readonly span: Span
  readonly form: Mutant['form']
  readonly mutants: Numbered
}

/** Collects the sites of one file, outermost first, and writes it anew around them. */
export function render(source: SourceText, all: Numbered): { readonly text: string; readonly places: Placed[] } {
  const sites = new Map<string, { span: Span; form: Mutant['form']; mutants: Map<number, Mutant> }>()
  for (const [number, mutant] of all) {
    if (mutant.file !== source.path) continue
    const id = `${mutant.span.from}-${mutant.span.to}-${mutant.form}`
    const site = sites.get(id) ?? { span: mutant.span, form: mutant.form, mutants: new Map() }
    site.mutants.set(number, mutant)
    sites.set(id, site)
  }
  const rank = (site: Site): number => (site.form.endsWith('statement') ? 0 : 1)
  const ordered = [...sites.values()].sort(
    (a, b) => a.span.from - b.span.from || b.span.to - a.span.to || rank(a) - rank(b),
  )
  const writer = new Writer(source, ordered)
  writer.region({ from: 0, to: source.end })
  writer.add(`\nuint256 constant ${markName} = 0x${mark};\n`)
  return { text: writer.text, places: writer.places }
}

class Writer {
  text = ''
  readonly places: Placed[] = []
  private bytes = 0
  private readonly source: SourceText
  private readonly sites: Site[]

  constructor(source: SourceText, sites: readonly Site[]) {
    this.source = source
    this.sites = [...sites]
  }

  add(text: string): void {
    this.text += text
    this.bytes += Buffer.byteLength(text)
  }

  /** The source from one byte to another, with the sites in it. */
  region({ from, to }: Span): void {
    let at = from
    for (;;) {
      const site = this.sites[0]
      if (site === undefined || site.span.from >= to) break
      this.sites.shift()
      this.add(this.source.cut({ from: at, to: site.span.from }))
      this.site(site)
      at = site.span.to
    }
    this.add(this.source.cut({ from: at, to }))
  }

  private placed(number: number, before: string, text: string, after: string): void {
    const from = this.bytes
    this.add(before + text + after)
    this.places.push({ number, from, to: this.bytes })
  }

  private site({ form, span, mutants }: Site): void {
    const from = this.bytes
    this.switched({ form, span, mutants })
    for (const number of mutants.keys()) this.places.push({ number, from, to: this.bytes })
  }

  private switched({ form, span, mutants }: Site): void {
    const inner = (): void => this.region(span)
    const each = [...mutants]
    if (form === 'guard') {
      this.guarded(span, mutants)
    } else if (form === 'value') {
      this.add('(')
      for (const [number, { text }] of each) this.placed(number, `${markName} == ${number} ? (`, text, ') : ')
      this.add('(')
      inner()
      this.add('))')
    } else if (form === 'statement') {
      for (const [number, { text }] of each) this.placed(number, `if (${markName} == ${number}) { `, text, ' } else ')
      this.add('{ ')
      inner()
      this.add(' }')
    } else if (form === 'yul value') {
      for (const [number, { text }] of each) {
        this.placed(number, `add(mul(eq(${markName}, ${number}), `, text, `), mul(iszero(eq(${markName}, ${number})), `)
      }
      inner()
      this.add('))'.repeat(each.length))
    } else {
      for (const [number] of each) this.placed(number, `if iszero(eq(${markName}, ${number})) { `, '', '')
      inner()
      this.add(' }'.repeat(each.length))
    }
  }

  /** A function with guards becomes three: one with all, one without a guard for each, and one that chooses. */
  private guarded(span: Span, mutants: Numbered): void {
    const [first] = mutants.values()
    const body = first?.guarded === undefined ? undefined : child(first.guarded, 'body')
    if (first?.guarded === undefined || body === undefined) throw new Error('a guard without its function')
    const parts = functionParts(first.guarded, this.source)
    const { name, parameters, outside, inside, returns, guards, given } = parts
    const answer = returns === '' ? '' : 'return '
    this.add(`function ${name}${parameters} ${outside} ${returns} {\n`)
    for (const number of mutants.keys()) {
      this.add(`if (${markName} == ${number}) { ${answer}${name}_${number}(${given}); } else `)
    }
    this.add(`{ ${answer}${name}_guarded${first.guarded.id}(${given}); } }\n`)
    for (const [number, { text }] of mutants) {
      const others = guards.filter((_, index) => index !== Number(text)).join(' ')
      const head = `function ${name}_${number}${parameters} private ${inside} ${others} ${returns} `
      this.placed(number, head, this.source.textOf(body), '\n')
    }
    this.add(
      `function ${name}_guarded${first.guarded.id}${parameters} private ${inside} ${guards.join(' ')} ${returns} `,
    )
    this.region(spanOf(body))
    // Sites in the head of the function, as in a guard's arguments, have no place any more.
    while ((this.sites[0]?.span.from ?? span.to) < span.to) this.sites.shift()
  }
}

function functionParts(node: AstNode, source: SourceText) {
  const textOf = (field: string): string => {
    const part = child(node, field)
    return part === undefined ? '' : source.textOf(part)
  }
  const parameters = children(child(node, 'parameters') ?? node, 'parameters')
  const answers = children(child(node, 'returnParameters') ?? node, 'parameters')
  const mutability = node.stateMutability === 'nonpayable' ? '' : (node.stateMutability ?? '')
  return {
    name: node.name ?? '',
    parameters: textOf('parameters'),
    given: parameters.map(({ name }) => name).join(', '),
    returns: answers.length === 0 ? '' : `returns ${textOf('returnParameters')}`,
    outside: `${node.visibility} ${mutability} ${node.virtual === true ? 'virtual' : ''} ${textOf('overrides')}`,
    inside: mutability === 'payable' ? '' : mutability,
    guards: children(node, 'modifiers').map((guard) => source.textOf(guard)),
  }
}
