import { z } from 'zod'
import { type Ended, runProgram } from '../proof/program.ts'
import { type Figure, rounded } from './figure.ts'

const figures = z.array(
  z.object({
    name: z.string(),
    gas: z.number().positive(),
    each: z.number(),
    floor: z.number().optional(),
    peer: z.string().optional(),
  }),
)

function failure(what: string, { output }: Ended): Error {
  return new Error(
    `${what}\n  came:     ${output.trim().split('\n').slice(-12).join('\n            ')}\n` +
      '  expected: contracts that compile, and acts that succeed\n  to do:    npm test -- solidity says more',
  )
}

/** Gas of the hot paths beside their peers, in one run. */
export async function gasFigures(tell: (text: string) => void): Promise<Figure[]> {
  tell('compiling the contracts')
  const hardhat = 'node_modules/hardhat/dist/src/cli.js'
  const built = await runProgram({ file: hardhat, args: ['build', '--quiet', '--no-tests'] })
  if (!built.passed) throw failure('the contracts do not compile', built)
  // The program says what it is at, line by line; its last line is the figures.
  const measured = await runProgram({ file: 'test/contracts/measure-gas.ts', args: [] }, (text) => {
    if (!text.includes('[{')) tell(text.trim())
  })
  if (!measured.passed) throw failure('the gas could not be measured', measured)
  const found = figures.parse(JSON.parse(measured.output.slice(measured.output.indexOf('[{'))))
  const byName = new Map(found.map((figure) => [figure.name, figure]))
  return found.map(({ name, gas, floor, peer }) => {
    const beside = peer === undefined ? undefined : byName.get(peer)
    return {
      name,
      value: gas,
      unit: 'gas',
      ...(beside === undefined ? {} : { peer: beside.name, peerValue: beside.gas, ratio: rounded(gas / beside.gas) }),
      ...(floor === undefined ? {} : { floor }),
    }
  })
}

/** The table that a person reads. */
export function printGas(rows: readonly Figure[]): void {
  const number = (value: number | undefined, width: number): string =>
    (value === undefined ? '' : value.toLocaleString('en')).padStart(width)
  console.log(`\n${'act'.padEnd(22)}${'gas'.padStart(9)}${'floor'.padStart(9)}${'x floor'.padStart(9)}   beside`)
  for (const { name, value, floor, peer, peerValue, ratio } of rows) {
    const times = floor === undefined ? ''.padStart(9) : (value / floor).toFixed(3).padStart(9)
    const beside = peer === undefined ? '' : `   ${ratio} x ${peer} (${number(peerValue, 0)})`
    console.log(`${name.padEnd(22)}${number(value, 9)}${number(floor, 9)}${times}${beside}`)
  }
}
