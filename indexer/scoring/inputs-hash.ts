import { createHash } from 'node:crypto'
import type { PurchaseDay } from './recency-frequency-value.ts'

const rowBytes = 36

/**
 * The SHA-256 of everything that decides on a run's scores of a shop, or of several, so that anybody can say whether
 * two runs saw the same. In order: the model's name and the watermark day as text, a newline after each; then every
 * purchase day, ascending by shop, member and day, as 36 bytes: shop (4, unsigned), member (20), day (4, signed), spend
 * (8, unsigned), all big-endian.
 */
export class InputsHash {
  private readonly hash = createHash('sha256')
  private last: PurchaseDay | undefined

  constructor(model: string, watermarkDay: number) {
    this.hash.update(`${model}\n${watermarkDay}\n`)
  }

  /** Takes the next rows; rows out of order would give another hash for the same inputs, so they are a bug. */
  add(days: readonly PurchaseDay[]): void {
    const bytes = Buffer.alloc(days.length * rowBytes)
    for (const [index, row] of days.entries()) {
      if (this.last !== undefined && !isAfter(row, this.last)) throw new Error('purchase days are not in their order')
      this.last = row
      const start = index * rowBytes
      bytes.writeUInt32BE(row.shop, start)
      if (bytes.write(row.member.slice(2), start + 4, 'hex') !== 20) throw new Error('a member is not an address')
      bytes.writeInt32BE(row.day, start + 24)
      bytes.writeBigUInt64BE(row.spend, start + 28)
    }
    this.hash.update(bytes)
  }

  /** The hash of all that was added; nothing can be added after. */
  digest(): Buffer {
    return this.hash.digest()
  }
}

function isAfter(row: PurchaseDay, last: PurchaseDay): boolean {
  if (row.shop !== last.shop) return row.shop > last.shop
  if (row.member !== last.member) return row.member > last.member
  return row.day > last.day
}
