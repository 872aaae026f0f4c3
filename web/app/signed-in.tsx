import type { Session } from '#web/acts/session.ts'
import { signedInDevices } from '#web/queries/signed-in-devices.ts'
import { formatShortDay } from '#web/ui/dates.ts'
import type { Formats } from '#web/ui/formats.tsx'
import { SectionTitle } from '#web/ui/parts.tsx'
import { Devices } from './devices.tsx'

/** Where whoever is inside is signed in. Demo people are signed in all over the place: they are shown nothing. */
export async function SignedIn({ inside, given }: { inside: Session; given: Formats }) {
  if (inside.way === 'demo') return null
  const devices = await signedInDevices(inside.account, { tokenHash: inside.tokenHash })
  return (
    <section>
      <SectionTitle title="Where you are signed in" />
      <Devices
        devices={devices.map(({ name, words, seenAt, here }) => {
          return { name, words, here, lastUsed: formatShortDay(seenAt, given.dates) }
        })}
      />
    </section>
  )
}
