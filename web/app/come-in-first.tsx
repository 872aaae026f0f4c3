import { network } from '#web/queries/network.ts'
import { shops } from '#web/queries/shops.ts'
import type { Role } from '#web/ui/person-switcher.tsx'
import { AccountDoorLater } from './account-door-later.tsx'
import { choices } from './choices.ts'
import { ComeInAs } from './come-in-as.tsx'
import { PasskeyDoor } from './passkey-door.tsx'

const words: Record<Role, { title: string; demo: string; plain: string }> = {
  member: {
    title: 'Your points',
    demo: 'Or be one of the shoppers of this demonstration:',
    plain: 'Your points from every shop on the street stand here as one balance.',
  },
  till: {
    title: 'Which till is this?',
    demo: 'Choose a cashier to stand at their till.',
    plain: 'A till is opened on the device that holds its key. Ask the owner of the shop to set it up.',
  },
  owner: {
    title: 'Whose shop is this?',
    demo: 'Choose an owner to sit down at their desk.',
    plain: 'Open the desk with the account that owns the shop.',
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
  const street = isDemo ? [] : await shops()
  const isMember = who === 'member'
  return (
    <div className="mx-auto max-w-xl">
      <h1 className="font-semibold text-3xl tracking-tight sm:text-4xl">{title}</h1>
      <p className="mt-3 text-lg text-soft">{isDemo && !isMember ? demo : plain}</p>
      {isMember ? <PasskeyDoor rpId={rpId} /> : null}
      {isMember || (who === 'owner' && !isDemo) ? (
        <AccountDoorLater
          chainId={chainId}
          origin={publicOrigin}
          who={who}
          shops={street.filter((shop) => shop.token !== null).map(({ shop, name }) => ({ shop, name }))}
        />
      ) : null}
      {isDemo ? (
        <>
          {isMember ? <p className="mt-10 text-lg text-soft">{demo}</p> : null}
          <ComeInAs choices={offered} />
        </>
      ) : null}
    </div>
  )
}
