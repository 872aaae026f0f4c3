'use client'

import { Lock, LogOut, UserRound } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import type { TillShop } from './card.ts'
import { keepPasskey, signInByPasskey } from './cashier-passkey.ts'
import { beginShift, IDLE_MILLISECONDS, isLocked, leaveShift, noteTouch, type ShiftHere, shiftHere } from './shift.ts'
import { SignIn } from './sign-in.tsx'
import type { TillGround } from './till-ground.ts'

type Gate =
  | { readonly is: 'looking' }
  | { readonly is: 'closed' }
  | { readonly is: 'locked'; readonly shift: ShiftHere }
  | { readonly is: 'open'; readonly shift: ShiftHere }

/** Where a shop keeps cashiers, somebody signs in first; what was begun behind the gate stays as it was. */
export function ShiftGate({
  ground,
  shop: { cashiers, rpId, name: shopName },
  silent,
  onShift,
  children,
}: {
  ground: TillGround
  shop: Pick<TillShop, 'cashiers' | 'rpId' | 'name'>
  /** Without the street nobody can sign in: whoever is at the till stays there. */
  silent: boolean
  /** Somebody else is there now: what waited for that may go. */
  onShift: () => void
  children: ReactNode
}) {
  const [gate, setGate] = useState<Gate>({ is: 'looking' })
  const look = useCallback(async () => {
    const shift = await shiftHere(ground)
    if (shift === null) return setGate({ is: 'closed' })
    setGate({ is: (await isLocked(ground)) ? 'locked' : 'open', shift })
  }, [ground])
  useEffect(() => {
    if (cashiers.length > 0) look()
  }, [cashiers.length, look])
  useIdleLock(ground, gate.is === 'open' ? look : null)
  if (cashiers.length === 0) return children

  const lock = async () => {
    await noteTouch(ground, 'locked')
    await look()
  }
  const leave = async () => {
    await leaveShift(ground)
    await look()
  }
  const open = async () => {
    await noteTouch(ground, 'open')
    await look()
    onShift()
  }
  return (
    <>
      {gate.is === 'open' ? <ShiftBar name={gate.shift.name} onLeave={leave} onLock={lock} /> : null}
      {gate.is === 'closed' || gate.is === 'locked' ? (
        <SignIn
          cashiers={cashiers}
          goOn={gate.is === 'locked' && silent ? { name: gate.shift.name, onGoOn: open } : null}
          onSignedIn={open}
          signIn={async ({ cashier, pin, next }) => {
            const answer = await beginShift(ground, { cashier, pin })
            if (answer.is === 'given' && next === 'passkey') await keepPasskey(ground, { rpId, shopName })
            return answer
          }}
          signInByPasskey={() => signInByPasskey(ground, rpId)}
          silent={silent}
          was={gate.is === 'locked' ? gate.shift.cashier : null}
        />
      ) : null}
      <div hidden={gate.is !== 'open'}>{children}</div>
    </>
  )
}

/** Looks at the gate again when nobody has touched the till for a while. */
function useIdleLock(ground: TillGround, look: (() => void) | null): void {
  useEffect(() => {
    if (look === null) return
    let noted = 0
    const touched = () => {
      if (Date.now() - noted < 5_000) return
      noted = Date.now()
      noteTouch(ground, 'open')
    }
    const timer = setInterval(look, IDLE_MILLISECONDS / 20)
    for (const what of ['pointerdown', 'keydown'] as const) addEventListener(what, touched)
    return () => {
      clearInterval(timer)
      for (const what of ['pointerdown', 'keydown'] as const) removeEventListener(what, touched)
    }
  }, [ground, look])
}

function ShiftBar({ name, onLock, onLeave }: { name: string; onLock: () => void; onLeave: () => void }) {
  return (
    <div className="mb-4 flex items-center justify-between gap-2 rounded-2xl bg-sunk py-1.5 pr-1.5 pl-4">
      <p className="flex min-w-0 items-center gap-2 truncate text-lg">
        <UserRound aria-hidden="true" className="size-5 shrink-0" />
        <span className="truncate">{name} is at the till</span>
      </p>
      <div className="flex shrink-0 gap-1.5">
        <Button look="outline" onClick={onLock}>
          <Lock aria-hidden="true" className="size-5" /> Lock
        </Button>
        <Button look="outline" onClick={onLeave}>
          <LogOut aria-hidden="true" className="size-5" /> Leave
        </Button>
      </div>
    </div>
  )
}
