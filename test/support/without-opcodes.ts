import type { HardhatPlugin } from 'hardhat/types/plugins'
import type { CompilerInput, CompilerOutput } from 'hardhat/types/solidity'

type Outputs = CompilerInput['settings']['outputSelection']

/**
 * Asks the compiler for no list of opcodes. Hardhat has one made of each contract and of all those that each test
 * carries along, half of all that the compiler says, and nobody reads it.
 */
const withoutOpcodes: HardhatPlugin = {
  id: 'without-opcodes',
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, config, next) {
          const settings = { ...input.settings, outputSelection: fewer(input.settings.outputSelection) }
          return withEmptyOnes(await next(context, compiler, { ...input, settings }, config))
        },
      }),
    }),
  },
}

function fewer(outputs: Outputs): Outputs {
  const files = Object.entries(outputs).map(([file, contracts]) => {
    const wanted = Object.entries(contracts).map(([name, all]) => {
      return [name, all.filter((output) => !output.endsWith('.opcodes'))] as const
    })
    return [file, Object.fromEntries(wanted)] as const
  })
  return Object.fromEntries(files)
}

/** Whoever reads the output for stack traces refuses it whole where the field is missing. */
function withEmptyOnes(output: CompilerOutput): CompilerOutput {
  for (const contracts of Object.values(output.contracts ?? {})) {
    for (const { evm } of Object.values(contracts)) {
      for (const code of [evm?.bytecode, evm?.deployedBytecode]) if (code !== undefined) code.opcodes = ''
    }
  }
  return output
}

export default withoutOpcodes
