'use client'

import { Lock, LogOut, UserRound } from 'lucide-react'
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { Button } from '#web/ui/button.tsx'
import type { TillShop } from './card.ts'
import { keepPasskey, signInByPasskey } from './cashier-passkey.ts'
import { beginShift, lastTouch, leaveShift, noteHand, noteTouch, type ShiftHere, shiftHere } from './shift.ts'
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
  shop: { cashiers, rpId, name: shopName, idleSeconds },
  silent,
  onShift,
  children,
}: {
  ground: TillGround
  shop: Pick<TillShop, 'cashiers' | 'rpId' | 'name' | 'idleSeconds'>
  /** Without the street nobody can sign in: whoever is at the till stays there. */
  silent: boolean
  /** Somebody else is there now: what waited for that may go. */
  onShift: () => void
  children: ReactNode
}) {
  const [gate, setGate] = useState<Gate>({ is: 'looking' })
  const idleMilliseconds = idleSeconds * 1000
  const touchedAt = useRef(0)
  const look = useCallback(async () => {
    const shift = await shiftHere(ground)
    if (shift === null) return setGate({ is: 'closed' })
    const last = await lastTouch(ground, idleMilliseconds)
    if (last !== null) touchedAt.current = last
    setGate({ is: last === null ? 'locked' : 'open', shift })
  }, [ground, idleMilliseconds])
  useEffect(() => {
    if (cashiers.length > 0) look()
  }, [cashiers.length, look])
  useIdleLock({ ground, idleMilliseconds, touchedAt, look: gate.is === 'open' ? look : null })
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

const NOTED_EVERY_MILLISECONDS = 5_000
const hands = ['pointerdown', 'click', 'keydown'] as const

/**
 * Looks at the gate again when nobody has touched the till for a while, and when a device wakes up. A hand that comes
 * later than that does nothing but bring the question who it is, even where the device slept and nobody looked.
 */
function useIdleLock({
  ground,
  idleMilliseconds,
  touchedAt,
  look,
}: {
  ground: TillGround
  idleMilliseconds: number
  touchedAt: RefObject<number>
  /** null: the gate is shut. */
  look: (() => void) | null
}): void {
  useEffect(() => {
    if (look === null) return
    let noted = 0
    const touched = (event: Event) => {
      const now = ground.now()
      if (Math.abs(now - touchedAt.current) > idleMilliseconds) {
        event.preventDefault()
        event.stopImmediatePropagation()
        return look()
      }
      touchedAt.current = now
      if (now - noted < NOTED_EVERY_MILLISECONDS) return
      noted = now
      noteHand(ground, idleMilliseconds)
    }
    const timer = setInterval(look, idleMilliseconds / 20)
    for (const what of hands) addEventListener(what, touched, { capture: true })
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      for (const what of hands) removeEventListener(what, touched, { capture: true })
      document.removeEventListener('visibilitychange', look)
    }
  }, [ground, idleMilliseconds, touchedAt, look])
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
