import type { Metadata } from 'next'
import { invitationUnder } from '#web/queries/invitation.ts'
import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import { ButtonLink } from '#web/ui/button.tsx'
import { formatMoneyDown, formatPoints, moneyOfCents } from '#web/ui/money.ts'
import { Empty, PageTitle } from '#web/ui/parts.tsx'
import { hueStyle } from '#web/ui/sign.tsx'
import { codeTyped } from '#web/ui/spaced-code.ts'
import { Ticket } from '#web/ui/ticket.tsx'
import { Area } from '../area.tsx'
import { formats } from '../formats.ts'
import { session } from '../person.ts'
import { JoinForm } from './join-form.tsx'
import { TillCode } from './till-code.tsx'

export const metadata: Metadata = { title: 'Join' }

/** One touch, and somebody belongs to the street; a till's code says where they stand and what waits for them. */
export default async function JoinPage({ searchParams }: { searchParams: Promise<{ code?: string | string[] }> }) {
  const asked = (await searchParams).code
  const code = typeof asked === 'string' ? codeTyped(asked) : ''
  const [inside, invitation, street, { money }] = await Promise.all([
    session(),
    code === '' ? null : invitationUnder(code),
    shops(),
    formats(),
  ])
  if (inside?.person.role === 'member' && inside.way !== 'demo') {
    return (
      <Area width="narrow">
        <Empty title="You have joined already">Show your code at the till, and it knows you.</Empty>
        <ButtonLink className="mt-5 w-full" href="/member" size="huge">
          To your code
        </ButtonLink>
      </Area>
    )
  }
  return (
    <Area hue={invitation?.hue} width="narrow">
      <div className="mx-auto max-w-xl">
        <PageTitle
          lead="One balance for every shop. No name, no password, nothing to install."
          title="Join with a touch"
        />
        {invitation ? (
          <div className="hued mb-6" style={hueStyle(invitation.hue)}>
            <Ticket
              body={
                <>
                  <p className="text-cream/90 text-lg">{invitation.shopName} keeps for you</p>
                  <p className="figures mt-2 font-semibold text-5xl leading-none">
                    {formatPoints(invitation.points, money)}
                  </p>
                </>
              }
              stub={
                <p className="text-soft">
                  For the {formatMoneyDown(moneyOfCents(invitation.spend, money), money)} you are spending now.
                </p>
              }
              tone="shop"
            />
          </div>
        ) : (
          <TillCode unknown={code !== ''} />
        )}
        <JoinForm
          invitation={invitation && { code: invitation.code, shop: invitation.shop }}
          rpId={network().rpId}
          shops={street.flatMap(({ shop, name, token }) => (token === null ? [] : [{ shop, name }]))}
        />
      </div>
    </Area>
  )
}
