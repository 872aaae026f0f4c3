'use client'

import dynamic from 'next/dynamic'

/** The signing parts come only to those who need the door: a shopper who is inside never fetches them. */
export const AccountDoorLater = dynamic(() => import('./account-door.tsx').then((door) => door.AccountDoor), {
  ssr: false,
  loading: () => <div aria-busy="true" className="mt-6 h-14 animate-breathe rounded-2xl bg-sunk" />,
})
