import { network } from '#web/queries/network.ts'
import type { Role } from '#web/ui/person-switcher.tsx'
import { AccountDoorLater } from './account-door-later.tsx'
import { choices } from './choices.ts'
import { ComeInAs } from './come-in-as.tsx'
import { PasskeyDoor } from './passkey-door.tsx'
import { TillDoor } from './till-door.tsx'

const words: Record<Role, { title: string; demo: string; plain: string }> = {
  member: {
    title: 'Your points',
    demo: 'Or be one of the shoppers of this demonstration:',
    plain: 'Your points from every shop on the street stand here as one balance.',
  },
  till: {
    title: 'Which till is this?',
    demo: 'Or stand at one of the tills of this demonstration:',
    plain: 'A till is opened on the device that stands at the counter.',
  },
  owner: {
    title: 'Whose shop is this?',
    demo: 'Or sit down at one of the desks of this demonstration:',
    plain: 'Open the desk with the account that owns the shop. A shop that is active has its seat on the board.',
  },
  auditor: {
    title: 'The books',
    demo: 'Anyone may look at the books.',
    plain: 'Anyone may look at the books.',
  },
}

/** Nobody has come in yet: how to. */
export async function ComeInFirst({ who }: { who: Role }) {
  const { title, demo, plain } = words[who]
  const offered = (await choices()).filter((choice) => choice.role === who)
  const { demo: isDemo, chainId, publicOrigin, rpId } = network()
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">{title}</h1>
      <p className="mt-3 text-lg text-soft">{plain}</p>
      {who === 'member' || who === 'owner' ? (
        <>
          <PasskeyDoor rpId={rpId} who={who} />
          <AccountDoorLater chainId={chainId} origin={publicOrigin} who={who} />
        </>
      ) : null}
      {who === 'till' ? <TillDoor chainId={chainId} origin={publicOrigin} /> : null}
      {isDemo ? (
        <>
          <p className="mt-10 text-lg text-soft">{demo}</p>
          <ComeInAs choices={offered} />
        </>
      ) : null}
    </div>
  )
}
