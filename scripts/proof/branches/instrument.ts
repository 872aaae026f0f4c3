import { type AstNode, child, type SourceText, type Span, spanOf } from '../solidity/ast.ts'
import type { Watch } from './branches.ts'

// EDR tells of every call to this address with the 32 bytes that were sent; Hardhat's line coverage does the same.
const address = '0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE'
const tagOfNone = 0x42_7261_6e63_6800_0000n

const helpers = `
library TheBranches {
    function _tell(uint256 branch) private view {
        /// @solidity memory-safe-assembly
        assembly {
            let kept := mload(0)
            mstore(0, add(${tagOfNone}, branch))
            pop(staticcall(gas(), ${address}, 0, 32, 0, 0))
            mstore(0, kept)
        }
    }

    function _asPure(
        function(uint256) internal view told
    ) private pure returns (function(uint256) internal pure pure_) {
        assembly {
            pure_ := told
        }
    }

    function entered(uint256 branch) internal pure {
        _asPure(_tell)(branch);
    }

    function yes(uint256 branch) internal pure returns (bool) {
        _asPure(_tell)(branch);
        return true;
    }

    function no(uint256 branch) internal pure returns (bool) {
        _asPure(_tell)(branch);
        return false;
    }

    function seen(uint256 bits, uint256 first) internal pure {
        for (; bits != 0; bits >>= 1) {
            if (bits & 1 != 0) _asPure(_tell)(first);
            ++first;
        }
    }
}
`

export const helperPath = 'coverage/TheBranches.sol'
export const helperSource = `// SPDX-License-Identifier: UNLICENSED\npragma solidity ^0.8.30;\n${helpers}`

/** The branch a hit tells of; undefined for what is none of ours. */
export function branchOfTag(tag: Uint8Array): number | undefined {
  const value = BigInt(`0x${Buffer.from(tag).toString('hex')}`)
  const number = value - tagOfNone
  return number >= 0n && number < 1_000_000n ? Number(number) : undefined
}

/** A piece of text that goes in, over nothing or over what stands there. */
interface Edit extends Span {
  readonly text: string
  /** How much the edit is about: where two meet, what ends goes before what begins, inner ends before outer ones. */
  readonly order: number
}

/** A source that tells of its branches as it runs, and otherwise does the same. */
export function instrument(source: SourceText, watches: readonly Watch[]): string {
  const edits = watches.flatMap((watch) => editsOf(watch, source))
  edits.sort((a, b) => a.from - b.from || a.order - b.order)
  let text = ''
  let at = 0
  for (const edit of edits) {
    text += source.cut({ from: at, to: edit.from }) + edit.text
    at = edit.to
  }
  return `${text}${source.cut({ from: at, to: source.end })}\nimport {TheBranches} from "${helperPath}";\n`
}

function editsOf(watch: Watch, source: SourceText): Edit[] {
  if (watch.form === 'decision') {
    const { from, to } = watch.span
    // A choice after the condition, and no call around it: that would take a place on a stack that is full already.
    const told = `) ? TheBranches.yes(${watch.first + 1}) : TheBranches.no(${watch.first}))`
    return [opening(from, to - from, '(('), closing(to, to - from, told)]
  }
  if (watch.form === 'entry') {
    return [opening(watch.span.from + 1, 0, ` TheBranches.entered(${watch.first});`)]
  }
  return assemblyEdits(watch.node, watch.forks, watch.first, source)
}

const most = 1e9
const opening = (at: number, size: number, text: string): Edit => ({ from: at, to: at, text, order: most - size })
const closing = (at: number, size: number, text: string): Edit => ({ from: at, to: at, text, order: size - most })

/** Assembly may not call out of pure code: it collects bits, and Solidity tells of them after it. */
function assemblyEdits(node: AstNode, forks: readonly AstNode[], first: number, source: SourceText): Edit[] {
  const bits = `branches${first}`
  const { from, to } = spanOf(node)
  const inside = forks.flatMap((fork, index): Edit[] => {
    const condition = child(fork, 'condition')
    if (condition === undefined) return []
    const span = spanOf(fork)
    const size = span.to - span.from
    const [no, yes] = [1n << BigInt(2 * index), 2n << BigInt(2 * index)]
    if (fork.nodeType === 'YulForLoop') {
      const body = child(fork, 'body')
      if (body === undefined) return []
      return [
        opening(spanOf(body).from + 1, 0, ` ${bits} := or(${bits}, ${yes}) `),
        closing(span.to, size, ` ${bits} := or(${bits}, ${no}) `),
      ]
    }
    const value = `decision${first}at${index}`
    const told = ` ${bits} := or(${bits}, shl(iszero(iszero(${value})), ${no})) if ${value} `
    return [
      { from: span.from, to: span.from + 2, text: `{ let ${value} :=`, order: most - size },
      closing(spanOf(condition).to, 0, told),
      closing(span.to, size, ' }'),
    ]
  })
  const whole = source.statementSpan(node)
  return [
    opening(from, to - from, `uint256 ${bits}; `),
    ...inside,
    closing(whole.to, to - from, ` TheBranches.seen(${bits}, ${first});`),
  ]
}
