import { type BoardRoom, boardRoom } from '#web/queries/board-room.ts'
import { modelWords } from '#web/ui/model-words.ts'
import { csvFile, csvLine } from '../../csv.ts'
import { person } from '../../person.ts'

const heading = ['table', 'what', 'members', 'more']
const four = (value: number | null) => (value === null ? '' : value.toFixed(4))

/** What the board's page shows, as one table; fairness has a table of its own at /audit/fairness. */
export async function GET(): Promise<Response> {
  const someone = await person()
  if (someone?.role !== 'owner') return new Response('Only owners of shops.', { status: 403 })
  const room = await boardRoom()
  const known = ['want not to be known', '', `${room.optedOut}`, '']
  const lines = [...seatLines(room), ...policyLines(room), known, ...multipliedLines(room), ...forecastLines(room)]
  return csvFile('the-board.csv', [csvLine(heading), ...lines.map(csvLine)])
}

const seatLines = ({ seats }: BoardRoom): string[][] =>
  seats.map(({ shop, name }) => ['seat', name, '', `shop ${shop}`])

function policyLines({ policies }: BoardRoom): string[][] {
  return policies.map(({ version, policy, from, decision, inForce }) => {
    const bounds = policy === null ? 'not the text that was decided' : JSON.stringify(policy.multiplier)
    const since = from === null ? 'as the founders agreed' : `from ${from.toISOString().slice(0, 10)}`
    const by = decision === null ? [] : [decision.hash, `decision ${decision.proposal}`]
    return ['policy', `${version}`, '', [since, bounds, ...by, ...(inForce ? ['holds now'] : [])].join('; ')]
  })
}

function multipliedLines({ multiplied, grounds, unshown }: BoardRoom): string[][] {
  return [
    ...multiplied.map(({ percent, members }) => ['multiplier, percent', `${percent}`, `${members}`, '']),
    ...grounds.map(({ words, members }) => ['grounds for more points', words, `${members}`, '']),
    ['in groups too small to show', '', `${unshown}`, ''],
  ]
}

function forecastLines({ forecasts }: BoardRoom): string[][] {
  return forecasts.map(({ name, members, model, status, pooled, tried }) => {
    const leaning = pooled ? 'leaning on the whole street' : 'by itself'
    const found =
      tried === null
        ? 'too little history to try it'
        : `foretold ${tried.foretold.toFixed(2)}, came ${tried.came}, bias ${four(tried.bias)}, mean error ` +
          `${four(tried.error)}, of as much as the time before ${four(tried.baselineError)}`
    return ['forecasts', name, `${members}`, `${modelWords(model)}, ${status}, ${leaning}; ${found}`]
  })
}
