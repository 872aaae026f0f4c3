import type { Hex } from 'viem'
import type { Lanes } from './lanes.ts'

/** What a token has said about an account, and its very next Transfer completes. */
export type Announcement = { readonly token: Hex; readonly account: Hex } & (
  | { readonly what: 'lapsed'; readonly points: bigint }
  | { readonly what: 'debtPaid'; readonly points: bigint }
  | { readonly what: 'takenBack'; readonly lanes: Lanes }
  | { readonly what: 'restored'; readonly lanes: Lanes; readonly packed: bigint }
)

/** Points that came back to a member, until a refund claims them. */
export interface Restored {
  readonly transaction: Hex
  readonly token: Hex
  readonly account: Hex
  readonly points: bigint
  readonly packed: bigint
}

/** What events have said that later events of the same transaction complete. */
export class Announced {
  private said: Announcement | undefined
  private restored: Restored[] = []

  say(announcement: Announcement): void {
    this.mustBeEmpty()
    this.said = announcement
  }

  /** What was announced before a Transfer, which must be of that token. */
  completedBy(token: Hex): Announcement | undefined {
    const { said } = this
    if (said !== undefined && said.token !== token) this.mustBeEmpty()
    this.said = undefined
    return said
  }

  /** The contracts say both, one behind the other. */
  mustBeEmpty(): void {
    if (this.said !== undefined) throw new Error(`points of ${this.said.account} ${this.said.what} without moving`)
  }

  cameBack(restored: Restored): void {
    if (this.restored.some(({ transaction }) => transaction !== restored.transaction)) this.restored = []
    this.restored.push(restored)
  }

  /** The last points that came back in a transaction, one for each of these amounts, in their order. */
  claim(transaction: Hex, account: Hex, amounts: readonly bigint[]): readonly Restored[] {
    const claimed = this.restored.slice(-amounts.length)
    this.restored = []
    const fits = ({ points, ...restored }: Restored, index: number) =>
      restored.transaction === transaction && restored.account === account && points === amounts[index]
    if (amounts.length === 0 || claimed.length !== amounts.length || !claimed.every(fits)) {
      throw new Error(`a refund of transaction ${transaction} names other points than came back`)
    }
    return claimed
  }
}
