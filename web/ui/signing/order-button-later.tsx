'use client'

import dynamic from 'next/dynamic'

/** The signing parts come only to those who are about to order something. */
export const OrderButtonLater = dynamic(() => import('./order-button.tsx').then((part) => part.OrderButton), {
  ssr: false,
  loading: () => <div aria-busy="true" className="h-14 animate-breathe rounded-2xl bg-sunk" />,
})
