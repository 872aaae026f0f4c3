import { Download } from 'lucide-react'
import type { Metadata } from 'next'
import { type KnownOfMember, type KnownScore, knownOfMember } from '#web/queries/known-of-member.ts'
import { surveyOf } from '#web/queries/survey.ts'
import { buttonClasses } from '#web/ui/button.tsx'
import { formatShortDay } from '#web/ui/dates.ts'
import { aliveWords, expectedWords, habitWords, reasonWords, tierWords } from '#web/ui/expectation-words.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatMoneyDown, moneyOfCents } from '#web/ui/money.ts'
import { Card, Empty, PageTitle, SectionTitle } from '#web/ui/parts.tsx'
import { ShopPlate } from '#web/ui/sign.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'
import { Unbroken } from '#web/ui/unbroken.tsx'
import { ComeInFirst } from '../../come-in-first.tsx'
import { formats } from '../../formats.ts'
import { session } from '../../person.ts'
import { SignedIn } from '../../signed-in.tsx'
import { CheckScore } from './check-score.tsx'
import { ConsentSwitch } from './consent-switch.tsx'
import { OwnName } from './own-name.tsx'
import { SurveyForm } from './survey-form.tsx'
import { WayBack } from './way-back.tsx'

export const metadata: Metadata = { title: 'What is known about you' }

/** What the street knows about a member, and what they let it do with that. */
export default async function YouPage() {
  const inside = await session()
  const someone = inside?.person
  if (!inside || someone?.role !== 'member') return <ComeInFirst who="member" />
  const [known, survey, given] = await Promise.all([knownOfMember(someone.member), surveyOf(someone.member), formats()])
  return (
    <div className="mx-auto grid max-w-2xl grid-cols-1 gap-9">
      <PageTitle
        lead="You decide. Whatever you choose, you earn and spend your points in full."
        title="What is known about you"
      />
      <section>
        <SectionTitle title="Your choices" />
        <Card className="divide-y divide-line px-5 py-1">
          <OwnName name={known.displayName} />
          <ConsentSwitch given={known.greeting.given} purpose="greeting" title="Greet me by name">
            {`Shops and other members see you as ${known.calledName}.`}
          </ConsentSwitch>
          <ConsentSwitch given={known.personalisation.given} purpose="personalisation" title="Know me by what I buy">
            Each shop sees how often and how lately you buy there, and what that makes likely. Switched off, no shop
            keeps figures about you.
          </ConsentSwitch>
          <SurveyForm survey={survey} />
        </Card>
      </section>
      <WayBack inside={inside} />
      <SignedIn given={given} inside={inside} />
      <Kept given={given} known={known} />
      <Judged given={given} scores={known.scores} />
      <a className={buttonClasses('outline', 'large')} download href="/member/you/export">
        <Download aria-hidden="true" className="size-5" /> Take it all with you
      </a>
    </div>
  )
}

function Kept({ known, given }: { known: KnownOfMember; given: Formats }) {
  const facts = [
    ['Your code', known.code === null ? 'None' : spacedCode(known.code)],
    ['Here since', known.joinedAt === null ? 'Not known' : formatShortDay(known.joinedAt, given.dates)],
    ['Purchases', `${known.purchases}`],
    ['Payments with points', `${known.payments}`],
    ['Points sent and received', `${known.gifts}`],
  ] as const
  return (
    <section>
      <SectionTitle title="What is kept" />
      <Card className="px-5 py-2">
        <dl className="divide-y divide-line">
          {facts.map(([name, value]) => (
            <div className="flex items-baseline justify-between gap-4 py-3" key={name}>
              <dt className="text-soft">{name}</dt>
              <dd className="figures text-right font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      </Card>
      <p className="mt-3 text-soft text-sm">
        Your name is kept by this portal only. The shared books of the street hold points, amounts and times under a
        number, and no name.
      </p>
    </section>
  )
}

function Judged({ scores, given }: { scores: KnownOfMember['scores']; given: Formats }) {
  return (
    <section>
      <SectionTitle title="How shops see you" />
      {scores.length === 0 ? (
        <Empty title="No shop knows you yet">There are no figures about what you buy.</Empty>
      ) : (
        <ul className="divide-y divide-line rounded-3xl border border-line bg-card px-5 shadow-card">
          {scores.map((score) => (
            <JudgedByShop given={given} key={score.shop} score={score} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** What one shop knows and expects, in the words that the shop reads. */
function JudgedByShop({ score, given }: { score: KnownScore; given: Formats }) {
  const { expected } = score
  const visits = score.visits === 1 ? 'one visit' : `${score.visits} visits`
  const spent = formatMoneyDown(moneyOfCents(score.spend, given.money), given.money)
  const facts = [
    `${visits}, ${spent}, last on ${formatShortDay(score.lastAt, given.dates)}`,
    `Of 5: how lately ${score.recency}, how often ${score.frequency}, how much ${score.value}`,
    habitWords(score) === null ? null : `Usually ${habitWords(score)}`,
    score.usualGapDays === null
      ? null
      : `Usually back within ${score.usualGapDays} days${score.overdue ? '; overdue' : ''}`,
    expected === null
      ? null
      : `Expected in a year: ${expectedWords(expected, given)}; likely to come again: ${aliveWords(expected, given)}`,
    reasonWords(expected, given),
    `Takes part: ${score.engagement} of 100`,
    tierWords(score.tier, given) === null ? null : `Tier proposed: ${tierWords(score.tier, given)}`,
    score.offered === null ? null : `Advised to offer you: ${score.offered}`,
    score.multiplier > 100 ? `Advised to give you ${score.multiplier} points for 100: ${score.multiplierReason}` : null,
  ].filter((fact) => fact !== null)
  return (
    <li className="flex items-start gap-3.5 py-3.5">
      <ShopPlate hue={score.hue} name={score.shopName} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          {score.shopName}
          <span className="rounded-full bg-shop-soft px-2.5 py-0.5 text-shop-text text-sm">{score.segment}</span>
        </p>
        {facts.map((fact) => (
          <p className="figures text-soft text-sm" key={fact}>
            <Unbroken words={fact} />
          </p>
        ))}
        {expected === null ? null : <CheckScore shop={score.shop} shopName={score.shopName} />}
      </div>
    </li>
  )
}
