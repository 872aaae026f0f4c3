import type { AccountPasskeys } from '#web/queries/passkeys.ts'
import type { ShopCard } from '#web/queries/shops.ts'
import { Card, SectionTitle } from '#web/ui/parts.tsx'

/** How a member gets back to their points when the phone is gone; where there is no way, that is said. */
export function WayBack({
  account,
  trusted,
}: {
  account: AccountPasskeys
  /** The shop whose owner the guardian is; null where it is somebody else or nobody. */
  trusted: ShopCard | null
}) {
  const count = account.passkeys.length
  const helper = account.guardian === null ? null : (trusted?.name ?? 'The account you named when you joined')
  return (
    <section>
      <SectionTitle title="If you lose your phone" />
      <Card className="px-5 py-4">
        <p className="font-medium text-lg">
          {helper ?? (count > 1 ? `You have ${count} passkeys` : 'Not recoverable')}
        </p>
        <p className="mt-1 text-soft">
          {helper !== null
            ? `may help you to a new passkey. That takes ${account.delaySeconds / 3600} hours in which you can say ` +
              'no, and your points stay out of its reach.'
            : count > 1
              ? 'As long as one of them is left, you are in.'
              : 'You have one passkey and chose nobody when you joined. Without it, or a copy that your phone’s ' +
                'maker keeps, your points are lost.'}
        </p>
      </Card>
    </section>
  )
}
