import fc from 'fast-check'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { type BlockName, nextStep, type Situation, type Step } from '#indexer/chain/next-step.ts'

const startBlock = 5
const hashOf = (number: number, branch: string): Hex => `0x${branch}${number.toString(16)}`

/** Blocks from the start to `head`; above `shared` they are on a branch of their own. */
function chainTo(head: number, shared: number, branch: string): BlockName[] {
  return Array.from({ length: Math.max(0, head - startBlock + 1) }, (_, index) => {
    const number = startBlock + index
    return { number, hash: hashOf(number, number > shared ? branch : 'c') }
  })
}

type Model = Pick<Situation, 'belowFinal' | 'lowerHead' | 'finalBlock'> & {
  readonly ours: readonly BlockName[]
  readonly theirs: readonly BlockName[]
}

/** Plays the one who asks: answers every question until the step is certain. */
function decided(model: Model, nodeHead: number): Step {
  const nodeHashes = new Map<number, Hex>()
  let known = 1
  for (let questions = 0; questions < 1_000; questions += 1) {
    const step = nextStep({ ...model, held: model.ours.slice(-known), startBlock, nodeHead, nodeHashes })
    if (step.step === 'recall') known += 7
    else if (step.step === 'compare') {
      for (const block of model.theirs) {
        if (block.number >= step.from && block.number <= step.to) nodeHashes.set(block.number, block.hash)
      }
    } else return step
  }
  throw new Error('it never came to a decision')
}

const calm = { belowFinal: 'stop', lowerHead: 'wait', finalBlock: startBlock - 1 } as const
const anyHeight = fc.integer({ min: startBlock - 1, max: startBlock + 150 })

test('whatever the fork, exactly the blocks that are not shared are undone', () => {
  fc.assert(
    fc.property(anyHeight, anyHeight, anyHeight, (ourTip, theirHead, shared) => {
      fc.pre(ourTip >= startBlock && theirHead >= startBlock)
      const model = { ...calm, ours: chainTo(ourTip, shared, 'a'), theirs: chainTo(theirHead, shared, 'b') }
      const step = decided(model, theirHead)
      if (shared >= ourTip && theirHead > ourTip) {
        expect(step).toEqual({ step: 'extend', from: ourTip + 1, to: theirHead })
      } else if (shared >= Math.min(ourTip, theirHead)) {
        expect(step).toEqual({ step: 'wait' })
      } else {
        expect(step).toEqual({ step: 'undo', ancestor: Math.max(shared, startBlock - 1) })
      }
    }),
  )
})

test('below finality nothing is undone: it stops', () => {
  fc.assert(
    fc.property(anyHeight, fc.integer({ min: 1, max: 100 }), (shared, depth) => {
      const ourTip = Math.max(shared, startBlock - 1) + depth
      const finalBlock = Math.max(shared, startBlock - 1) + 1
      const ours = chainTo(ourTip, shared, 'a')
      const theirs = chainTo(ourTip + 3, shared, 'b')
      const ancestor = Math.max(shared, startBlock - 1)
      expect(decided({ ...calm, finalBlock, ours, theirs }, ourTip + 3)).toEqual({ step: 'stop', ancestor })
      const embedded = { ...calm, finalBlock, belowFinal: 'undo', ours, theirs } as const
      expect(decided(embedded, ourTip + 3)).toEqual({ step: 'undo', ancestor })
    }),
  )
})

test('a lower head is no reorg on a public chain, and a lost end on the embedded one', () => {
  const ours = chainTo(40, 40, 'a')
  const theirs = chainTo(33, 40, 'b')
  expect(decided({ ...calm, ours, theirs }, 33)).toEqual({ step: 'wait' })
  const embedded = { belowFinal: 'undo', lowerHead: 'undo', finalBlock: 39 } as const
  expect(decided({ ...embedded, ours, theirs }, 33)).toEqual({ step: 'undo', ancestor: 33 })
})

test('a node that has not come to the network’s first block is waited for', () => {
  expect(decided({ ...calm, ours: [], theirs: [] }, startBlock - 2)).toEqual({ step: 'wait' })
  expect(decided({ ...calm, ours: chainTo(20, 20, 'a'), theirs: [] }, 0)).toEqual({ step: 'wait' })
  expect(decided({ ...calm, ours: [], theirs: [] }, 9)).toEqual({ step: 'extend', from: startBlock, to: 9 })
})
