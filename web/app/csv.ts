/** A table that a spreadsheet opens, named as it is saved. */
export function csvFile(name: string, lines: readonly string[]): Response {
  return new Response(`\uFEFF${lines.join('\r\n')}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  })
}

/** Hundredths with their point: 1250 is "12.50". */
export function hundredths(amount: bigint): string {
  const size = amount < 0n ? -amount : amount
  return `${amount < 0n ? '-' : ''}${size / 100n}.${(size % 100n).toString().padStart(2, '0')}`
}

export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',')
}

const figure = /^-?\d+(\.\d+)?$/

/** A name that begins like a formula must not become one in the owner's spreadsheet. */
function csvCell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) && !figure.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
