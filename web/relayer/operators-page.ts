import type { DeadLetter } from './dead-letters.ts'
import type { Queue } from './metrics.ts'

/** What the operator sees of the relayer. */
export interface Seen {
  readonly leads: boolean
  readonly turnedAt: Date | null
  readonly lanes: readonly { readonly address: string; readonly retiring: boolean; readonly waiting: number }[]
  readonly queues: readonly Queue[]
  readonly deadLetters: readonly DeadLetter[]
  readonly dead: number
}

/** The operator's page: what the relayer is doing, and what it has given up. Plain HTML, no script. */
export function operatorsPage({ leads, turnedAt, lanes, queues, deadLetters, dead }: Seen): string {
  const laneRows = lanes.map(({ address, retiring, waiting }) => {
    return row([address, retiring ? 'retiring' : 'in service', `${waiting}`])
  })
  const queueRows = queues.map(({ kind, open, oldestSeconds }) =>
    row([kind, `${open}`, `${Math.round(oldestSeconds)} s`]),
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Relayer</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><style>${style}</style></head><body>
<h1>Relayer</h1>
<p class="${leads ? 'good' : 'bad'}">${leads ? 'Leads' : 'Waits: another leads, or none can'}; the last round ended
${turnedAt === null ? 'never' : escaped(turnedAt.toISOString())}.</p>
<h2>Keys</h2>${table(['Address', 'State', 'Waiting for a block'], laneRows)}
<h2>Waiting to be sent</h2>${queueRows.length === 0 ? nothing : table(['Kind', 'Wishes', 'Oldest'], queueRows)}
<h2>Given up: ${dead}</h2>${dead === 0 ? nothing : letters(deadLetters)}
<p><a href="/metrics">Figures</a></p></body></html>
`
}

const nothing = '<p>Nothing.</p>'

function letters(dead: readonly DeadLetter[]): string {
  const rows = dead.map(({ shop, key, kind, points, attempts, reason, createdAt }) => {
    const cells = [`${shop}`, key, kind, hundredths(points), `${attempts}`, reason, createdAt.toISOString()]
    const form = `<form method="post" action="/dead-letters/retry"><input type="hidden" name="shop" value="${shop}">
<input type="hidden" name="key" value="${escaped(key)}"><button>Try again</button></form>`
    return `<tr>${cells.map(cellOf).join('')}<td>${form}</td></tr>`
  })
  return table(['Shop', 'Wish', 'Kind', 'Points', 'Tries', 'Reason', 'Wished', ''], rows)
}

const hundredths = (points: bigint): string => `${points / 100n}.${`${points % 100n}`.padStart(2, '0')}`

const cellOf = (text: string): string => `<td>${escaped(text)}</td>`

const row = (cells: readonly string[]): string => `<tr>${cells.map(cellOf).join('')}</tr>`

const table = (heads: readonly string[], rows: readonly string[]): string =>
  `<div class="wide"><table><thead><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '')

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1d1d1b}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ddd}
td{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}
.good{color:#146c2e}.bad{color:#a4161a}
button{font:inherit;padding:.3rem .8rem;white-space:nowrap}`
