import { JsonText, NotJson, nameInText } from './json-text.ts'

/** One answer of JSON-RPC. */
export interface Answer {
  readonly id?: unknown
  readonly result?: unknown
  readonly error?: { readonly code?: unknown; readonly message?: unknown } | null
}

const idName = nameInText('id')
const resultName = nameInText('result')
const errorName = nameInText('error')
const openBracket = 0x5b

/**
 * The answers of a batch, taken out of the text they came in. A result that `isText` wants so and that is a list stays
 * text, as bytes; all else is parsed. Undefined where the text is no batch, or cannot be taken apart.
 */
export function answersIn(text: Buffer, isText: (id: unknown) => boolean): readonly Answer[] | undefined {
  const json = new JsonText(text)
  try {
    if (!json.list()) return undefined
    const answers: Answer[] = []
    while (json.item()) {
      const answer = answerIn(json, text, isText)
      if (answer === undefined) return undefined
      answers.push(answer)
    }
    return answers
  } catch (error) {
    if (error instanceof NotJson || error instanceof SyntaxError) return undefined
    throw error
  }
}

function answerIn(json: JsonText, text: Buffer, isText: (id: unknown) => boolean): Answer | undefined {
  if (!json.object()) return undefined
  const pieces: { id?: Buffer; result?: Buffer; error?: Buffer } = {}
  while (json.member()) {
    const name = json.is(idName) ? 'id' : json.is(resultName) ? 'result' : json.is(errorName) ? 'error' : undefined
    json.pass()
    const from = json.at
    json.skip()
    if (name !== undefined) pieces[name] = text.subarray(from, json.at)
  }
  const id = parsedFrom(pieces.id)
  const { result } = pieces
  return {
    id,
    ...(result === undefined ? {} : { result: result[0] === openBracket && isText(id) ? result : parsedFrom(result) }),
    ...(pieces.error === undefined ? {} : { error: parsedFrom(pieces.error) as NonNullable<Answer['error']> }),
  }
}

const parsedFrom = (piece: Buffer | undefined): unknown =>
  piece === undefined ? undefined : JSON.parse(piece.toString('utf8'))
