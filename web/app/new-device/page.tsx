import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { type WaitingKey, waitingKey } from '#web/acts/key-requests.ts'
import { isRefusal } from '#web/acts/refusal.ts'
import { network } from '#web/queries/network.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { formatDay, formatTime } from '#web/ui/dates.ts'
import { Live } from '#web/ui/live.tsx'
import { PageTitle } from '#web/ui/parts.tsx'
import { Qr } from '#web/ui/qr.tsx'
import { spacedCode } from '#web/ui/spaced-code.ts'
import { Ticket } from '#web/ui/ticket.tsx'
import { Area } from '../area.tsx'
import { formats } from '../formats.ts'
import { streetNow } from '../now.ts'
import { PasskeyDoor } from '../passkey-door.tsx'
import { waitingKeyCookieName } from '../session-cookie.ts'
import { MakePasskey } from './make-passkey.tsx'

export const metadata: Metadata = { title: 'A new device' }

/**
 * A device that nobody is signed in on: a second one of a member's, or the one after the phone was lost. What it waits
 * for is kept by the portal, so the page finds its place again after the browser was closed.
 */
export default async function NewDevicePage() {
  const jar = await cookies()
  const known = await waitingKey(jar.get(waitingKeyCookieName())?.value)
  const standing = isRefusal(known) ? null : known
  return (
    <Area width="narrow">
      <div className="mx-auto max-w-xl">{standing ? <Standing standing={standing} /> : <Begin />}</div>
    </Area>
  )
}

function Begin() {
  return (
    <>
      <PageTitle
        lead="For a second device of yours, or because your phone is lost. Your points stay where they are."
        title="A new device"
      />
      <ol className="grid list-decimal gap-2 pl-6 text-lg marker:font-semibold marker:text-shop-text">
        <li>This device makes a passkey of its own and shows a code.</li>
        <li>
          Type the code on a device of yours that you are signed in on, under <b>You</b>, <b>Your devices</b>.
        </li>
        <li>
          Or, with none left, show it to whoever may help you: the shop you trusted when you joined, or somebody you
          chose. From then on it takes three days or more, in which any old device of yours can stop it.
        </li>
      </ol>
      <MakePasskey again={false} rpId={network().rpId} />
      <ButtonLink className="mt-3 w-full" href="/member" look="quiet" size="large">
        I still have my passkey
      </ButtonLink>
    </>
  )
}

async function Standing({ standing }: { standing: WaitingKey }) {
  const [{ dates }, now] = await Promise.all([formats(), streetNow()])
  const moment = (at: Date) => `${formatDay(at, now, dates)}, ${formatTime(at, dates)}`
  const { rpId } = network()
  switch (standing.state) {
    case 'open':
      return <ShownCode code={standing.code} until={moment(standing.expiresAt)} />
    case 'pending':
      return (
        <>
          <Live pace="soon" />
          <PageTitle lead="Somebody agreed to this device. It is being written down." title="One moment" />
        </>
      )
    case 'waiting':
      return (
        <>
          <Live pace="later" />
          <PageTitle
            lead={
              `From ${moment(standing.readyAt)} on, this device opens your points. ` +
              'Until then any old device of yours can stop it.'
            }
            title="It has begun"
          />
          <p className="text-lg" data-testid="ready-at">
            You can close this page. Open it again on this device, and it knows how far it is.
          </p>
        </>
      )
    case 'ready':
      return (
        <>
          <PageTitle lead="Your points are where you left them." title="This device is yours now" />
          <PasskeyDoor goTo="/member" joins={false} rpId={rpId} who="member" />
        </>
      )
    case 'expired':
    case 'stopped':
      return (
        <>
          <PageTitle
            lead={
              standing.state === 'expired'
                ? 'Nobody agreed to it within a day. Make another passkey, and show its code.'
                : 'One of your devices said no, or it was begun anew for another. This one changed nothing.'
            }
            title={standing.state === 'expired' ? 'That code has run out' : 'That was stopped'}
          />
          <MakePasskey again rpId={rpId} />
        </>
      )
  }
}

function ShownCode({ code, until }: { code: string; until: string }) {
  return (
    <>
      <Live pace="soon" />
      <PageTitle
        lead="Type it on another device of yours, or show it to whoever may help you. Tell it to nobody else."
        title="Show this code"
      />
      <Ticket
        body={
          <div className="grid justify-items-center gap-4">
            <p className="font-mono font-semibold text-4xl tracking-[0.14em] sm:text-5xl" data-testid="device-code">
              {spacedCode(code)}
            </p>
            <p className="figures text-cream/90">good until {until}</p>
          </div>
        }
        stub={
          <div className="grid justify-items-center gap-3">
            <Qr
              className="size-52 rounded-2xl"
              label="The same code, for a camera of yours that you are signed in on"
              text={`${network().publicOrigin}/member/keys?code=${code}`}
            />
            <p className="animate-breathe text-soft" role="status">
              Waiting for somebody to agree. You may close this page meanwhile.
            </p>
          </div>
        }
        tone="enamel"
      />
    </>
  )
}
