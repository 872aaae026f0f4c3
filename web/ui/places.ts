import type { ReactNode } from 'react'

/** A page of an area, as its navigation shows it. */
export interface Place {
  readonly href: string
  readonly name: string
  readonly icon: ReactNode
}

/** As many as a thumb can tell apart; where there are more, the last of them opens the rest. */
export const mostAlongTheThumb = 5

/** Many places have room in the fascia on a desk only, few on a tablet as well. */
export const areMany = (places: readonly Place[]): boolean => places.length > mostAlongTheThumb
