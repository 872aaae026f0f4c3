import type { Hex } from 'viem'
import type { NetworkEvent } from '#indexer/chain/logs.ts'

/** The members' accounts that stand on the chain: deployed by the network's own factory, for ever. */
export class KnownAccounts {
  private readonly known: ReadonlySet<Hex>

  constructor(known: Iterable<Hex> = []) {
    this.known = new Set(known)
  }

  /** These, and those deployed by `events`. */
  with(events: readonly NetworkEvent[]): KnownAccounts {
    const deployed = events.flatMap((event) => (event.name === 'AccountDeployed' ? [event.args.account] : []))
    return deployed.length === 0 ? this : new KnownAccounts([...this.known, ...deployed])
  }

  addresses(): Iterable<Hex> {
    return this.known
  }
}
