import { invitationSourceLimit, tillLimit } from '#web/acts/rate-limits.ts'
import type { Counting } from '../counted.ts'

/** How often a till may ask somebody to join, and look whether they have: what it asks anyway counts with it. */
export const invitationCounting: Counting = { perSource: invitationSourceLimit, perAccount: tillLimit }

export const placeName = ({ shop, till }: { readonly shop: number; readonly till: number }): string => `${shop}:${till}`
