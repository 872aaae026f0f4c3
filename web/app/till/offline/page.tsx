import type { Metadata } from 'next'
import { OfflineTill } from './offline-till.tsx'

export const metadata: Metadata = { title: 'Till' }

/** The till without the street: the same for everybody, and kept by its worker. Who it is stands on the device. */
export default function OfflinePage() {
  return <OfflineTill />
}
