'use client'

import { useState } from 'react'
import type { Address } from 'viem'
import { Button } from '#web/ui/button.tsx'
import type { SigningPlace } from '#web/ui/signing/signing.tsx'
import { SwitchOffTillLater } from '#web/ui/signing/switch-off-till-later.tsx'

export interface ShownTill {
  readonly till: number
  readonly name: string
  /** Who stands there, or what it is for. */
  readonly words: string
  readonly revoked: boolean
}

/** What an owner needs to switch a till off. */
export interface SwitchingOff {
  readonly shop: number
  readonly place: SigningPlace
  readonly consortium: Address
  readonly deadline: number
}

/** One till, and the way to switch it off: for the day it is lost, or its work is done. */
export function TillRow({ till, ...switching }: SwitchingOff & { till: ShownTill }) {
  const [sure, setSure] = useState(false)
  return (
    <li className="py-3.5">
      <div className="flex items-center justify-between gap-4">
        <div className="min-w-0">
          <p className="truncate font-medium">{till.name}</p>
          <p className="truncate text-soft text-sm">{till.words}</p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <p className={till.revoked ? 'text-bad' : 'text-good'}>{till.revoked ? 'Switched off' : 'Open'}</p>
          {till.revoked || sure ? null : (
            <Button aria-label={`Switch off ${till.name}`} look="quiet" onClick={() => setSure(true)}>
              Switch off
            </Button>
          )}
        </div>
      </div>
      {sure && !till.revoked ? (
        <div className="mt-3 grid gap-3">
          <p>
            From this moment on and for ever it takes no points, and gives none unless you confirm them. A new till gets
            a new number.
          </p>
          <div className="flex flex-wrap items-end gap-2">
            <SwitchOffTillLater {...switching} till={till.till}>
              Switch off {till.name}
            </SwitchOffTillLater>
            <Button look="outline" onClick={() => setSure(false)}>
              Not now
            </Button>
          </div>
        </div>
      ) : null}
    </li>
  )
}
