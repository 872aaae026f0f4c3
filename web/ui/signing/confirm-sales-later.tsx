'use client'

import dynamic from 'next/dynamic'

/** The signing parts come only to owners for whom sales wait. */
export const ConfirmSalesLater = dynamic(() => import('./confirm-sales.tsx').then((part) => part.ConfirmSales), {
  ssr: false,
  loading: () => <div aria-busy="true" className="h-11 w-48 animate-breathe rounded-xl bg-sunk" />,
})
