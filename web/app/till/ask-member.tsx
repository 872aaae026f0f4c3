'use client'

import { ArrowLeft, Search, UserPlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Hex } from 'viem'
import { askFor } from '#web/ui/ask.ts'
import { Avatar } from '#web/ui/avatar.tsx'
import { Button } from '#web/ui/button.tsx'
import { classes } from '#web/ui/classes.ts'
import { focusOnce } from '#web/ui/focus.ts'
import { useFormats } from '#web/ui/formats.tsx'
import { formatMoneyDown, valueOfPoints } from '#web/ui/money.ts'
import { ScanCode } from '#web/ui/scan-code.tsx'
import { codeTyped, spacedCode } from '#web/ui/spaced-code.ts'
import { noteShoppers, type Shopper, shoppersSeen } from './card.ts'
import { type Owed, sumOwed } from './owed.ts'
import { fellSilent, isSilent } from './silence.ts'
import { asking, type TillGround } from './till-ground.ts'

const codeClasses = classes(
  'min-h-18 w-full min-w-0 rounded-2xl border border-line-strong bg-card px-5',
  'font-mono font-semibold text-2xl uppercase tracking-widest',
)

const shopperClasses = classes(
  'flex min-h-18 w-full touch-manipulation items-center gap-3 rounded-2xl px-3.5 py-2 text-left',
  'border border-line bg-card shadow-card hover:bg-sunk active:bg-shop-soft',
)

interface Found {
  readonly member: Hex
  readonly displayName: string | null
  readonly calledName?: string
  readonly code: string | null
  /** Hundredths as digits; null for a member. */
  readonly cardTakes: string | null
}

/** Who that is, or a sentence. Without the street a till knows whom it has seen, and accounts. */
async function findShopper(ground: TillGround, code: string): Promise<Shopper | string> {
  if (!isSilent(ground)) {
    const answer = await askFor<Found>(`/api/v1/member/${encodeURIComponent(code)}`, asking(ground, null))
    if (answer.is === 'refused') return answer.sentence
    if (answer.is === 'given') {
      const { member, displayName, calledName, code: own, cardTakes: takes } = answer.value
      const name = displayName ?? calledName ?? (own ? spacedCode(own) : code)
      const shopper = { member, name, code: own, cardTakes: takes === null ? null : BigInt(takes) }
      await noteShoppers(ground.shelf, [shopper])
      return shopper
    }
    fellSilent(ground)
  }
  const seen = await shoppersSeen(ground.shelf)
  const known = seen.find((one) => one.member.toLowerCase() === code || (one.code && codeTyped(one.code) === code))
  if (known) return known
  if (/^0x[0-9a-f]{40}$/.test(code)) {
    return { member: code as Hex, name: `Member ${code.slice(-4).toUpperCase()}`, code: null, cardTakes: null }
  }
  return 'Without the network I know only shoppers who have been here. Scan the picture on their phone instead.'
}

/** Looks somebody up by their code; the sentence says why nobody was found. */
function useLookUp(ground: TillGround, onChosen: (shopper: Shopper) => void) {
  const [sentence, setSentence] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const look = async (text: string) => {
    const code = codeTyped(text)
    if (code === '') return setSentence('Type the code from the shopper’s phone.')
    setBusy(true)
    const found = await findShopper(ground, code)
    setBusy(false)
    if (typeof found === 'string') return setSentence(found)
    onChosen(found)
  }
  return { busy, sentence, look }
}

/** Whose points are these: a code typed or scanned into the field, or one of the shoppers this till knows. */
export function AskMember({
  ground,
  title,
  known,
  owed,
  onChosen,
  onNew,
  onBack,
}: {
  ground: TillGround
  title: string
  known: readonly Shopper[]
  owed: readonly Owed[]
  onChosen: (shopper: Shopper) => void
  /** Somebody who has not joined yet. */
  onNew: () => void
  onBack: () => void
}) {
  const [typed, setTyped] = useState('')
  const { busy, sentence, look } = useLookUp(ground, onChosen)
  const submitted = (event: FormEvent) => {
    event.preventDefault()
    look(typed)
  }
  return (
    <div className="animate-rise">
      <Heading onBack={onBack} title={title} />
      <form className="mt-5" noValidate onSubmit={submitted}>
        <label className="font-medium text-lg" htmlFor="shopper-code">
          Code on the shopper’s phone
        </label>
        <div className="mt-2 flex gap-2.5">
          <input
            aria-describedby={sentence ? 'shopper-code-problem' : undefined}
            aria-invalid={sentence !== null}
            autoCapitalize="characters"
            autoComplete="off"
            ref={focusOnce}
            className={codeClasses}
            enterKeyHint="go"
            id="shopper-code"
            onChange={(event) => setTyped(event.target.value)}
            spellCheck={false}
            value={typed}
          />
          <Button aria-label="Find the shopper" className="min-w-18 px-0" disabled={busy} size="huge" type="submit">
            <Search aria-hidden="true" className="size-7" />
          </Button>
        </div>
        <p className="mt-2 min-h-7 text-bad text-lg" id="shopper-code-problem" role="alert">
          {sentence}
        </p>
      </form>
      <ScanCode onFound={look} size="huge" />
      <Button className="mt-2.5 w-full" look="outline" onClick={onNew} size="huge">
        <UserPlus aria-hidden="true" className="size-6" /> Somebody new
      </Button>
      <KnownShoppers known={known} onChosen={onChosen} owed={owed} />
    </div>
  )
}

function Heading({ title, onBack }: { title: string; onBack: () => void }) {
  return (
    <div className="flex items-center gap-3">
      <Button aria-label="Back to the amount" className="size-14 px-0" look="outline" onClick={onBack} size="large">
        <ArrowLeft aria-hidden="true" className="size-6" />
      </Button>
      <h2 className="figures font-semibold text-2xl">{title}</h2>
    </div>
  )
}

function KnownShoppers({
  known,
  owed,
  onChosen,
}: {
  known: readonly Shopper[]
  owed: readonly Owed[]
  onChosen: (shopper: Shopper) => void
}) {
  if (known.length === 0) return null
  return (
    <section className="mt-6">
      <h3 className="pb-2 font-medium text-lg">Or tap who it is</h3>
      <ul className="grid grid-cols-1 gap-2.5 xs:grid-cols-2">
        {known.map((shopper) => (
          <li key={shopper.member}>
            <ShopperButton
              onChosen={onChosen}
              owes={sumOwed(owed.filter((one) => one.member.toLowerCase() === shopper.member.toLowerCase()))}
              shopper={shopper}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ShopperButton({
  shopper,
  owes,
  onChosen,
}: {
  shopper: Shopper
  /** Hundredths. */
  owes: bigint
  onChosen: (shopper: Shopper) => void
}) {
  const { money } = useFormats()
  return (
    <button className={shopperClasses} onClick={() => onChosen(shopper)} type="button">
      <Avatar name={shopper.name} />
      <span className="min-w-0">
        <span className="block truncate font-medium text-lg">{shopper.name}</span>
        {shopper.code ? <span className="block font-mono text-sm text-soft">{spacedCode(shopper.code)}</span> : null}
        {owes > 0n ? (
          <span className="figures block font-medium text-bad text-sm">
            owes {formatMoneyDown(valueOfPoints(owes, money), money)}
          </span>
        ) : null}
      </span>
    </button>
  )
}
