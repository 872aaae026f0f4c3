import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDoorman } from './conformance/doorman.ts'
import { type Finding, judge } from './conformance/observed.ts'
import { Complaint, runToItsEnd } from './street/complaint.ts'

const usage = `npm run conform -- --street URL [options]
Tries a vendor's till. Point the till at the address this prints, and ring up sales as on a busy day: what it sends is
handed on to the street, and some answers are swallowed, refused for a moment or late, as chance has it. At the end
stands which rules of the till API the till kept; none of them may break, and each should have come to bear.

  --street URL    the street, such as http://localhost:3000
  --port N        where the till is to send (default 4010; 0 for any that is free)
  --minutes N     for how long (default 10); Ctrl-C ends it earlier
  --troubled N    of a hundred answers so many meet with trouble (default 20)
  --seed TEXT     what chance draws from (default 1)
  --help          this page

Ends with 0 when every rule was kept.`

const lateMs = 6_000
const retryAfterSeconds = 2

function wholeNumber(name: string, text: string, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= most) return Number(text)
  throw new Complaint(`--${name} takes a whole number up to ${most}, not "${text}".`)
}

async function main(): Promise<number> {
  const text = (standard: string) => ({ type: 'string', default: standard }) as const
  const { values } = parseArgs({
    options: {
      street: { type: 'string' },
      port: text('4010'),
      minutes: text('10'),
      troubled: text('20'),
      seed: text('1'),
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const street = values.street === undefined ? null : URL.parse(values.street)
  if (street === null) throw new Complaint('Name the street: npm run conform -- --street URL. See --help.')
  const doorman = await openDoorman({
    street: street.origin,
    port: wholeNumber('port', values.port, 65_535),
    seed: values.seed,
    troubled: wholeNumber('troubled', values.troubled, 90),
    lateMs,
    retryAfterSeconds,
  })
  console.log(`Point the till at ${doorman.address} and ring up sales; Ctrl-C when it has done enough.`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const lasting = wholeNumber('minutes', values.minutes, 10_000) * 60_000
  await sleep(lasting, undefined, { signal: stop.signal }).catch(() => undefined)
  await doorman.close()
  const findings = judge(doorman.exchanges)
  console.log(`\n${doorman.exchanges.length} requests, seed ${values.seed}`)
  for (const finding of findings) console.log(lineOf(finding))
  return findings.every(({ held }) => held) ? 0 : 1
}

function lineOf({ rule, held, times, first }: Finding): string {
  const verdict = held ? (times === 0 ? 'not tried' : 'kept') : 'BROKEN'
  return `${verdict.padEnd(10)}${`${times}`.padStart(6)}  ${rule}${first === undefined ? '' : `; first: ${first}`}`
}

if (import.meta.main) runToItsEnd(main)
