import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Hex } from 'viem'
import { writeHex } from '#indexer/chain/hex.ts'

const firstBytes = 1 << 12
const pieceBytes = 1 << 16
/** More than any one value of a fixed width takes, its length included. */
const smallValue = 64
const nothing = -1
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const end = Buffer.from([0xff, 0xff])
const jsonVersion = 1
/** Where Postgres' clock begins, which counts microseconds: the year 2000. */
const postgresEpochMs = 946_684_800_000

/** Rows in the binary format of COPY: PostgreSQL takes them as they are, where text would have to be read. */
export class CopiedRows {
  private readonly take: (piece: Buffer) => void
  // Most tables get a few rows at a time.
  private buffer = Buffer.allocUnsafeSlow(firstBytes)
  private view = viewOf(this.buffer)
  private at = 0

  /** `take` gets piece after piece, and keeps it. */
  constructor(take: (piece: Buffer) => void) {
    this.take = take
    this.at = signature.copy(this.buffer)
  }

  /** Begins a row of so many values. */
  row(values: number): void {
    this.room(smallValue)
    this.view.setInt16(this.at, values)
    this.at += 2
  }

  int4(value: number): void {
    this.room(smallValue)
    this.view.setInt32(this.at, 4)
    this.view.setInt32(this.at + 4, value)
    this.at += 8
  }

  int8(value: bigint | number): void {
    this.room(smallValue)
    const { view, at } = this
    view.setInt32(at, 8)
    if (typeof value === 'bigint') view.setBigInt64(at + 4, value)
    else {
      view.setInt32(at + 4, Math.floor(value / 0x1_0000_0000))
      view.setUint32(at + 8, value >>> 0)
    }
    this.at = at + 12
  }

  time(value: Date): void {
    this.int8((value.getTime() - postgresEpochMs) * 1000)
  }

  bytes(hex: Hex | null): void {
    if (hex === null) {
      this.room(smallValue)
      this.at = this.buffer.writeInt32BE(nothing, this.at)
      return
    }
    const length = hex.length / 2 - 1
    this.room(smallValue + length)
    this.view.setInt32(this.at, length)
    this.at = writeHex(hex, this.buffer, this.at + 4)
  }

  text(value: string): void {
    this.room(smallValue + value.length * 3)
    this.written(this.at + 4, this.buffer.write(value, this.at + 4, 'utf8'))
  }

  /** JSON given as text; undefined is nothing, not JSON's null. */
  json(text: string | undefined): void {
    this.room(smallValue + (text?.length ?? 0) * 3)
    if (text === undefined) {
      this.at = this.buffer.writeInt32BE(nothing, this.at)
      return
    }
    this.buffer[this.at + 4] = jsonVersion
    this.written(this.at + 4, 1 + this.buffer.write(text, this.at + 5, 'utf8'))
  }

  /** A whole number of any width: Postgres' numeric, in digits to the base of 10,000. */
  numeric(value: bigint): void {
    const digits: number[] = []
    for (let rest = value < 0n ? -value : value; rest > 0n; rest /= 10_000n) digits.unshift(Number(rest % 10_000n))
    this.room(smallValue + 2 * digits.length)
    const { buffer } = this
    let at = buffer.writeInt32BE(8 + 2 * digits.length, this.at)
    for (const word of [digits.length, Math.max(0, digits.length - 1), value < 0n ? 0x4000 : 0, 0, ...digits]) {
      at = buffer.writeUInt16BE(word, at)
    }
    this.at = at
  }

  /** Hands over what is left; nothing may be written afterwards. */
  end(): void {
    this.room(smallValue)
    this.at += end.copy(this.buffer, this.at)
    this.take(this.buffer.subarray(0, this.at))
  }

  private written(from: number, length: number): void {
    this.buffer.writeInt32BE(length, from - 4)
    this.at = from + length
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    this.take(this.buffer.subarray(0, this.at))
    this.buffer = Buffer.allocUnsafeSlow(Math.max(pieceBytes, bytes))
    this.view = viewOf(this.buffer)
    this.at = 0
  }
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length)

/** Writes one row: as many values as the table's columns given, in their order. */
export type WriteRow<row> = (out: CopiedRows, row: row) => void

/** These rows as COPY takes them. */
export function copiedRows<row>(columns: readonly string[], rows: Iterable<row>, write: WriteRow<row>): Buffer[] {
  const pieces: Buffer[] = []
  const out = new CopiedRows((piece) => pieces.push(piece))
  for (const row of rows) {
    out.row(columns.length)
    write(out, row)
  }
  out.end()
  return pieces
}

/** Appends rows to a table by COPY, the fastest way in; a row that is there already fails the transaction. */
export async function append(
  client: pg.Client,
  into: { readonly table: string; readonly columns: readonly string[] },
  pieces: readonly Buffer[],
): Promise<void> {
  const text = `COPY ${into.table} (${into.columns.join(', ')}) FROM STDIN (FORMAT binary)`
  const stream = client.query(copyFrom(text))
  const finished = new Promise<void>((resolve, reject) => {
    stream.on('finish', () => resolve())
    stream.on('error', reject)
  })
  for (const piece of pieces) stream.write(piece)
  stream.end()
  await finished
}
