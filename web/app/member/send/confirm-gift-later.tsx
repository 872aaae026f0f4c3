'use client'

import dynamic from 'next/dynamic'

/** What signs is fetched when there is something to sign; the ticket's place is kept meanwhile. */
export const ConfirmGiftLater = dynamic(() => import('./confirm-gift.tsx').then((part) => part.ConfirmGift), {
  ssr: false,
  loading: () => <div aria-busy="true" className="mx-auto h-[26rem] max-w-xl animate-breathe rounded-3xl bg-sunk" />,
})
