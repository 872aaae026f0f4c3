'use client'

import dynamic from 'next/dynamic'

/** The signing parts come only to those who are about to switch a till off. */
export const SwitchOffTillLater = dynamic(() => import('./switch-off-till.tsx').then((part) => part.SwitchOffTill), {
  ssr: false,
  loading: () => <div aria-busy="true" className="h-11 w-48 animate-breathe rounded-xl bg-sunk" />,
})
