import type { HardhatPlugin } from 'hardhat/types/plugins'

/** What Hardhat leaves untyped: the place in the source that a compiler message speaks of. */
interface PlacedMessage {
  readonly severity: string
  readonly sourceLocation?: { readonly file: string }
}

/**
 * Hides the compiler's warnings about other people's packages. They cannot be acted on here, and a screen full of
 * them is where a warning about our own code would go unseen. Errors are never hidden.
 */
const quietNpmWarnings: HardhatPlugin = {
  id: 'quiet-npm-warnings',
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        async invokeSolc(context, compiler, input, config, next) {
          const output = await next(context, compiler, input, config)
          const ours = output.errors?.filter((message: PlacedMessage) => {
            return message.severity === 'error' || message.sourceLocation?.file.startsWith('npm/') !== true
          })
          return ours === undefined ? output : { ...output, errors: ours }
        },
      }),
    }),
  },
}

export default quietNpmWarnings
