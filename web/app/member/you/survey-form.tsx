'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { habitOfMindWords, habitsOfMind, moods, moodWords } from '#indexer/scoring/survey.ts'
import type { Survey } from '#web/queries/survey.ts'
import { post, whyNot } from '#web/ui/ask.ts'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'

/** A few questions, to be answered or not. To send them is to agree that they are counted. */
export function SurveyForm({ survey }: { survey: Survey }) {
  const { busy, sentence, tell } = useTelling()
  const [mood, setMood] = useState<string | null>(survey.mood)
  const [mind, setMind] = useState<string | null>(survey.mind)
  const [scores, setScores] = useState<Readonly<Record<number, number>>>(() => scoresOf(survey))
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const recommend = Object.entries(scores).map(([shop, score]) => ({ shop: Number(shop), score }))
    await tell('/api/member/survey', { mood, mind, recommend })
  }
  const withdraw = async () => {
    if (!(await tell('/api/member/consents', { purpose: 'survey', given: false }))) return
    setMood(null)
    setMind(null)
    setScores({})
  }
  const empty = mood === null && mind === null && Object.keys(scores).length === 0
  return (
    <form className="py-4" onSubmit={send}>
      <p className="font-medium text-lg">A few questions, if you like</p>
      <p className="mt-0.5 text-soft">
        Shops see how many answered what, from five answers on, and never who. You earn the same either way.
      </p>
      <Choice
        choices={moods.map((value) => ({ value, words: moodWords[value].asked }))}
        chosen={mood}
        choose={setMood}
        legend="What matters most to you in a shop?"
        name="mood"
      />
      <Choice
        choices={habitsOfMind.map((value) => ({ value, words: habitOfMindWords[value].asked }))}
        chosen={mind}
        choose={setMind}
        legend="What would you rather buy?"
        name="mind"
      />
      {survey.shops.map(({ shop, name }) => (
        <Recommend
          key={shop}
          name={name}
          score={scores[shop] ?? null}
          shop={shop}
          take={(score) => setScores((before) => ({ ...before, [shop]: score }))}
        />
      ))}
      <div className="mt-4 flex flex-wrap gap-3">
        <Button className="min-h-12" disabled={busy || empty} type="submit">
          {survey.given ? 'Keep my answers' : 'Agree and send'}
        </Button>
        {survey.given ? (
          <Button className="min-h-12" disabled={busy} look="outline" onClick={withdraw} type="button">
            Take my answers back
          </Button>
        ) : null}
      </div>
      <p className="mt-1 text-bad empty:hidden" role="alert">
        {sentence}
      </p>
    </form>
  )
}

const scoresOf = ({ shops }: Survey): Readonly<Record<number, number>> =>
  Object.fromEntries(shops.flatMap(({ shop, recommends }) => (recommends === null ? [] : [[shop, recommends]])))

/** Tells the portal, and says what came of it. */
function useTelling() {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [sentence, setSentence] = useState<string | null>(null)
  const tell = async (path: string, body: object): Promise<boolean> => {
    setBusy(true)
    setSentence(null)
    const answer = await post<object>(path, body)
    setBusy(false)
    if (answer.is !== 'given') {
      setSentence(whyNot(answer))
      return false
    }
    router.refresh()
    return true
  }
  return { busy, sentence, tell }
}

const pill = 'flex min-h-11 cursor-pointer items-center rounded-full border px-4 has-focus-visible:outline-2'
const look = (chosen: boolean) => (chosen ? 'border-shop bg-shop text-cream' : 'border-line-strong/50 bg-card')

function Choice({
  legend,
  name,
  choices,
  chosen,
  choose,
}: {
  legend: string
  name: string
  choices: readonly { readonly value: string; readonly words: string }[]
  chosen: string | null
  choose: (value: string) => void
}) {
  return (
    <fieldset className="mt-4">
      <legend className="font-medium">{legend}</legend>
      <div className="mt-2 flex flex-wrap gap-2">
        {choices.map(({ value, words }) => (
          <label className={classes(pill, look(chosen === value))} key={value}>
            <input
              checked={chosen === value}
              className="sr-only"
              name={name}
              onChange={() => choose(value)}
              type="radio"
              value={value}
            />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

const points = Array.from({ length: 11 }, (_, score) => score)

function Recommend({
  shop,
  name,
  score,
  take,
}: {
  shop: number
  name: string
  score: number | null
  take: (score: number) => void
}) {
  return (
    <fieldset className="mt-4">
      <legend className="font-medium">{`Would you recommend ${name}?`}</legend>
      <div className="mt-2 grid grid-cols-11 gap-1">
        {points.map((point) => (
          <label
            className={classes(
              'figures flex min-h-11 cursor-pointer items-center justify-center rounded-lg border',
              'has-focus-visible:outline-2',
              look(score === point),
            )}
            key={point}
          >
            <input
              checked={score === point}
              className="sr-only"
              name={`recommend-${shop}`}
              onChange={() => take(point)}
              type="radio"
              value={point}
            />
            {point}
          </label>
        ))}
      </div>
      <p className="mt-1 flex justify-between text-soft text-sm">
        <span>Not at all</span>
        <span>By all means</span>
      </p>
    </fieldset>
  )
}
