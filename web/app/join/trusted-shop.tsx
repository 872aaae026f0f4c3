'use client'

export interface KnownShop {
  readonly shop: number
  readonly name: string
}

const NOBODY = '0'

/** Who may help to a new passkey one day. It is part of the account's address; another choice takes days. */
export function TrustedShop({
  standingIn,
  trusted,
  shops,
  onChosen,
}: {
  /** The shop whose till asks; null for who joins at home. */
  standingIn: KnownShop | null
  trusted: KnownShop | null
  shops: readonly KnownShop[]
  onChosen: (shop: number | null) => void
}) {
  return (
    <>
      <h2 className="font-semibold text-lg">If you lose your phone</h2>
      <p className="mt-1 text-soft" role="status">
        {trusted
          ? `${trusted.name} may help you to a new passkey. That takes three days in which you can say no, and it ` +
            'can never touch your points.'
          : 'Nobody can help. Without this passkey, or a copy your phone’s maker keeps, your points are lost.'}{' '}
        If the phone is lost early, only what you choose now counts; later you can change it, which takes three days.
      </p>
      {standingIn ? (
        <label className="mt-3 flex min-h-12 items-center gap-3 font-medium text-lg">
          <input
            checked={trusted !== null}
            className="size-6 shrink-0 accent-shop"
            onChange={(event) => onChosen(event.target.checked ? standingIn.shop : null)}
            type="checkbox"
          />
          I trust {standingIn.name} with that
        </label>
      ) : (
        <label className="mt-3 grid gap-1.5 font-medium">
          A shop I trust with that
          <select
            className="min-h-14 rounded-2xl border border-line-strong bg-paper px-4 text-lg"
            onChange={(event) => onChosen(event.target.value === NOBODY ? null : Number(event.target.value))}
            value={trusted?.shop ?? NOBODY}
          >
            <option value={NOBODY}>Nobody</option>
            {shops.map(({ shop, name }) => (
              <option key={shop} value={shop}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  )
}
