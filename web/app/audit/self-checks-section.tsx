import { Check, Minus, X } from 'lucide-react'
import type { CheckedRule, SelfCheck, SelfChecks } from '#web/queries/self-checks.ts'
import { classes } from '#web/ui/classes.ts'
import { formatShortDay, formatTime } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { formatCount } from '#web/ui/money.ts'
import { ProgressChip, SectionTitle } from '#web/ui/parts.tsx'
import { EvidenceLine } from './evidence-line.tsx'
import { checkWords, ruleWords } from './self-check-words.ts'

/** What the mirror found when it was last held against the chain: when, up to which block, what, and how it ended. */
export function SelfChecksSection({ found, given }: { found: SelfChecks; given: Formats }) {
  const { checks, unable, alarms } = found
  const moment = (at: Date) => `${formatShortDay(at, given.dates)}, ${formatTime(at, given.dates)}`
  return (
    <section aria-labelledby="self-checks">
      <div id="self-checks">
        <SectionTitle title="Checked by itself" />
      </div>
      {checks.length === 0 ? (
        <p className="mb-4 text-soft">The first check runs within a minute after the mirror has caught up.</p>
      ) : null}
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-3">
        {checks.map((check) => (
          <CheckCard check={check} given={given} key={check.name} />
        ))}
      </div>
      <EvidenceLine evidence={found.evidence} given={given} />
      {unable.map(({ name, at, reason }) => (
        <p className="mt-3 px-1 text-wait" key={name}>
          <span className="font-medium">{checkWords[name].title}:</span> tried at {moment(at)}, and nothing could be
          said: {reason}.
        </p>
      ))}
      {alarms.length > 0 ? (
        <div className="mt-3 px-1 text-sm">
          <p className="font-medium text-bad">The mirror has differed from the chain before:</p>
          <ul className="text-soft">
            {alarms.map(({ name, at, block }) => (
              <li className="figures" key={`${name} ${at.getTime()}`}>
                {moment(at)}
                {block === null ? '' : `, block ${formatCount(block, given.money)}`}: {checkWords[name].title}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  )
}

function CheckCard({ check, given }: { check: SelfCheck; given: Formats }) {
  const { name, verdict, block, finished, compared, rules, seed } = check
  const differs = verdict === 'differs'
  const bad = rules.filter((rule) => rule.verdict === 'differs')
  const { title, does } = checkWords[name]
  return (
    <article
      className={classes(
        'rounded-3xl border bg-card px-5 pt-5 pb-3 shadow-card sm:px-7',
        differs ? 'border-bad' : 'border-line',
      )}
      data-self-check={name}
      data-verdict={verdict}
    >
      <div className="flex items-start justify-between gap-3">
        <h3 className="font-semibold text-lg">{title}</h3>
        <ProgressChip progress={differs ? 'refused' : 'final'} words={differs ? 'Differs' : 'Holds'} />
      </div>
      <p className="mt-1 text-soft">{does}</p>
      <p className="figures mt-3 font-medium">
        {formatShortDay(finished, given.dates)}, {formatTime(finished, given.dates)}
      </p>
      <p className="figures mb-3 text-soft text-sm">
        {formatCount(compared, given.money)} {name === 'rebuild' ? 'rows' : 'figures'} at block{' '}
        {formatCount(block, given.money)}
      </p>
      {differs ? <Rules rules={bad} /> : null}
      <details className="border-line border-t">
        <summary className="min-h-11 py-2.5 font-medium text-shop-text">What was checked</summary>
        <Rules rules={rules} />
        {seed === null ? null : (
          <p className="break-all pb-3 text-soft text-sm">
            Drawn with the seed {seed}; anyone can draw the same again.
          </p>
        )}
      </details>
    </article>
  )
}

const marks = { holds: Check, differs: X, unable: Minus, notOffered: Minus } as const
const markWords = { holds: 'Holds', differs: 'Differs', unable: 'Not checked', notOffered: 'Not offered' } as const

function Rules({ rules }: { rules: readonly CheckedRule[] }) {
  return (
    <ul className="pb-2">
      {rules.map((rule) => {
        const Mark = marks[rule.verdict]
        const tone = rule.verdict === 'holds' ? 'text-good' : rule.verdict === 'differs' ? 'text-bad' : 'text-soft'
        return (
          <li className="flex items-start gap-2.5 py-1.5" key={rule.rule}>
            <Mark
              aria-label={markWords[rule.verdict]}
              className={classes('mt-0.5 size-4.5 shrink-0', tone)}
              role="img"
              strokeWidth={2.5}
            />
            <div className="min-w-0">
              <p>{ruleWords(rule)}</p>
              {rule.verdict === 'differs' ? <Findings rule={rule} /> : <Detail text={rule.detail} />}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

const Detail = ({ text }: { text: string }) => <p className="figures break-words text-soft text-sm">{text}</p>

function Findings({ rule }: { rule: CheckedRule }) {
  const more = rule.differing - rule.findings.length
  return (
    <ul className="mt-1 grid gap-2 text-bad text-sm">
      {rule.findings.map(({ where, mirror, chain }) => (
        <li className="figures break-words" key={where}>
          <span className="font-medium">{where}</span>
          <span className="block">the mirror says {mirror ?? 'nothing'}</span>
          <span className="block">the chain says {chain ?? 'nothing'}</span>
        </li>
      ))}
      {more > 0 ? <li>and {more} more</li> : null}
    </ul>
  )
}
