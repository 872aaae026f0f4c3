import { formatMoneyDown, formatPoints, type MoneyFormat, moneyOfCents, valueOfPoints } from '#web/ui/money.ts'
import { takenOf, type Undoable } from './undo.ts'

/** One way to go through with it. */
export interface UndoChoice {
  /** On the button. */
  readonly does: string
  /** What becomes of points that the member no longer has. */
  readonly missing: 'deducted' | 'waived'
  /** When it is certain: what the cashier does, and what has happened. */
  readonly title: string
  readonly note: string
}

/** What going back means for points and cash, before anything is done. */
export interface UndoMeaning {
  readonly sentence: string
  /** The one that is meant as a rule comes first; none: there is nothing to be done. */
  readonly choices: readonly UndoChoice[]
}

/** Says it for `points` of a receipt, against `cents` of cash; where points are spent the shop decides. */
export function undoMeaning(
  of: Undoable,
  { points, cents, memberName }: { readonly points: bigint; readonly cents: bigint; readonly memberName: string },
  money: MoneyFormat,
): UndoMeaning {
  const worth = (hundredths: bigint) => formatMoneyDown(valueOfPoints(hundredths, money), money)
  const named = formatPoints(points, money)
  const cash = formatMoneyDown(moneyOfCents(cents, money), money)
  const some = <Choice>(choices: readonly Choice[]) => (points === 0n ? [] : choices)
  if (of.kind === 'payment') {
    const choice = { does: `Give ${named} back`, missing: 'deducted', title: `${named} for ${memberName}` } as const
    return {
      sentence: `${named} (${worth(points)}) go back to ${memberName}. No cash is handed out.`,
      choices: some([{ ...choice, note: 'They are theirs again. No cash.' }]),
    }
  }
  const { short } = takenOf(points, of.takable)
  const handBack = `Hand back ${cash}`
  if (short === 0n) {
    const note = `${named} were taken back from ${memberName}.`
    return {
      sentence: `${named} are taken back from ${memberName}.`,
      choices: some([{ does: handBack, missing: 'deducted', title: handBack, note }]),
    }
  }
  const less = moneyOfCents(cents, money) - valueOfPoints(short, money)
  const handBackLess = `Hand back ${formatMoneyDown(less > 0n ? less : 0n, money)}`
  const spent = formatPoints(short, money)
  return {
    sentence:
      `${memberName} has spent ${spent} of these already, worth ${worth(short)}. ` +
      'Take that off the cash, or let their next points here pay for it.',
    choices: [
      { does: handBackLess, missing: 'deducted', title: handBackLess, note: `${worth(short)} was taken off.` },
      {
        does: `${handBack} all the same`,
        missing: 'waived',
        title: handBack,
        note: `The next ${spent} pay for what is missing.`,
      },
    ],
  }
}
