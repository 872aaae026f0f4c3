import { ShieldCheck, TriangleAlert } from 'lucide-react'
import type { MemberAccount } from '#web/queries/member-account.ts'
import { classes } from '#web/ui/classes.ts'

/** Whether the loss of one device is the loss of everything, said plainly. */
export function Recoverable({ account }: { account: Pick<MemberAccount, 'recoverable' | 'guardian' | 'keys'> }) {
  const { recoverable, guardian, keys } = account
  const Icon = recoverable ? ShieldCheck : TriangleAlert
  return (
    <section
      className={classes(
        'flex items-start gap-3.5 rounded-3xl px-5 py-4',
        recoverable ? 'bg-good-soft text-good' : 'bg-bad-soft text-bad',
      )}
    >
      <Icon aria-hidden="true" className="mt-1 size-6 shrink-0" />
      <div>
        <h2 className="font-semibold text-xl">
          {recoverable ? 'You can lose a device and keep your points' : 'Not recoverable'}
        </h2>
        <p className="mt-1">{wordsOf(keys.length, guardian?.shop?.name ?? guardian?.calledName ?? null)}</p>
      </div>
    </section>
  )
}

function wordsOf(devices: number, helper: string | null): string {
  if (helper === null && devices === 1) {
    return (
      'You have one device and nobody who may help. If it is lost, your points are lost with it, unless your phone’s ' +
      'maker keeps a copy of your passkey. Add a second device, or choose somebody below.'
    )
  }
  if (helper === null) return `Any of your ${devices} devices lets you in and removes a lost one.`
  if (devices === 1) return `${helper} may help you to a new device.`
  return `Any of your ${devices} devices lets you in, and ${helper} may help you to a new one.`
}
