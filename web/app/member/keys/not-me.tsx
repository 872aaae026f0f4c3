'use client'

import { TriangleAlert } from 'lucide-react'
import { OrderButtonLater } from '#web/ui/signing/order-button-later.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'

const at = { prepareAt: '/api/member/account/prepare', giveAt: '/api/member/account/order' }

/** What somebody else may have begun, with its hour and the way to stop it. */
export function NotMe({
  place,
  recovery,
  guardianToCome,
}: {
  place: SigningPlace
  recovery: { readonly by: string; readonly device: string | null; readonly readyAt: string } | null
  guardianToCome: { readonly who: string; readonly from: string } | null
}) {
  if (!recovery && !guardianToCome) return null
  return (
    <div className="grid gap-4">
      {recovery ? (
        <section className="rounded-3xl border-2 border-bad bg-card px-5 py-5 shadow-card">
          <h2 className="flex items-start gap-3 font-semibold text-bad text-xl">
            <TriangleAlert aria-hidden="true" className="mt-0.5 size-6 shrink-0" />
            {recovery.by} has begun to change your key
          </h2>
          <p className="my-3 text-lg">
            From {recovery.readyAt}, {recovery.device ?? 'a new device'} takes the place of all of yours. If you asked
            for that, there is nothing to do. If not, stop it now.
          </p>
          <OrderButtonLater look="danger" ordering={{ ...at, wish: { kind: 'Veto' } }} place={place} size="huge">
            This was not me: stop it
          </OrderButtonLater>
        </section>
      ) : null}
      {guardianToCome ? (
        <section className="rounded-3xl border border-wait bg-card px-5 py-5 shadow-card">
          <h2 className="font-semibold text-xl">
            From {guardianToCome.from}, {guardianToCome.who === 'nobody' ? 'nobody' : guardianToCome.who} may help you
          </h2>
          <p className="my-3">If you did not choose that, keep it as it is.</p>
          <OrderButtonLater look="outline" ordering={{ ...at, wish: { kind: 'KeepGuardian' } }} place={place}>
            This was not me: keep it as it is
          </OrderButtonLater>
        </section>
      ) : null}
    </div>
  )
}
