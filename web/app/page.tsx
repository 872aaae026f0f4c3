import { Fingerprint } from 'lucide-react'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { Empty, SectionTitle } from '#web/ui/parts.tsx'
import { Area } from './area.tsx'
import { choices, currentChoice } from './choices.ts'
import { ComeIn } from './come-in.tsx'
import { formats } from './formats.ts'
import { person } from './person.ts'
import { Shopfront } from './shopfront.tsx'

export default async function Street() {
  const [fronts, known, current, { money }, someone] = await Promise.all([
    shops(),
    choices(),
    currentChoice(),
    formats(),
    person(),
  ])
  const open = fronts.filter((front) => front.token !== null)
  return (
    <Area>
      <div className="mx-auto mb-10 max-w-3xl pt-2 text-center sm:mb-14 sm:pt-6">
        <h1 className="font-semibold text-[2.5rem] leading-[1.06] tracking-tight sm:text-6xl">
          Points from one shop, spent in all of them
        </h1>
        <p className="mx-auto mt-5 max-w-2xl text-lg text-soft sm:text-xl">
          Every shop on this street gives its own points, and every other shop takes them. What the shops then owe one
          another clears by itself, and anyone can check the books.
        </p>
        <div className="mt-7 flex flex-wrap justify-center gap-3">
          {someone?.role === 'member' ? null : (
            <ButtonLink href="/join" size="large">
              <Fingerprint aria-hidden="true" className="size-5" /> Join with a touch
            </ButtonLink>
          )}
          <ButtonLink href="/member" look={someone?.role === 'member' ? 'solid' : 'outline'} size="large">
            Your points
          </ButtonLink>
        </div>
      </div>

      {open.length > 0 ? (
        <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 sm:gap-5 lg:grid-cols-3">
          {open.map((front) => (
            <li key={front.shop}>
              <Shopfront front={front} money={money} />
            </li>
          ))}
        </ul>
      ) : (
        <Empty title="No shop has opened yet">The first shops appear here as soon as they have joined.</Empty>
      )}

      <section className="mt-14">
        {network().demo ? (
          <>
            <SectionTitle title="Come in as …" />
            <p className="-mt-1 mb-5 max-w-prose text-soft">
              This street is a demonstration. Step into anybody’s shoes; you can change them at the top of every page.
            </p>
            <ComeIn choices={known} current={current} />
          </>
        ) : (
          <ComeInPlainly />
        )}
      </section>
    </Area>
  )
}

function ComeInPlainly() {
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      {[
        ['Shoppers', 'Open your balance', '/member'],
        ['Shops', 'Open your desk or your till', '/shop'],
        ['Everybody', 'Look at the books', '/audit'],
      ].map(([who, what, href]) => (
        <a
          className="rounded-3xl border border-line bg-card p-5 shadow-card transition-colors hover:bg-sunk"
          href={href}
          key={href}
        >
          <span className="block text-soft">{who}</span>
          <span className="font-semibold text-lg">{what}</span>
        </a>
      ))}
    </div>
  )
}
