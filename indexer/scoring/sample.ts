/**
 * So many of a stream, evenly spread, whatever its length: every so-many-th is kept, and where too many are kept every
 * second of them is let go. What is kept depends on the stream alone, so whoever reads the same one keeps the same.
 */
export class EvenSample<Item> {
  private readonly most: number
  private every = 1
  private seen = 0
  private list: Item[] = []

  /** @param most at most twice as many are ever held, and from half of them on are kept of a long stream */
  constructor(most: number) {
    this.most = most
  }

  take(item: Item): void {
    if (this.seen % this.every === 0) this.list.push(item)
    this.seen += 1
    if (this.list.length <= this.most) return
    this.list = this.list.filter((_, place) => place % 2 === 0)
    this.every *= 2
  }

  get kept(): readonly Item[] {
    return this.list
  }
}
