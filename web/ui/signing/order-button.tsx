'use client'

import type { Address, TypedDataDefinition } from 'viem'
import { readPrepared } from '#contracts/account-order-wire.ts'
import { typedAccountOrder } from '#contracts/account-orders.ts'
import { post, whyNot } from '../ask.ts'
import { Signing, type SigningPlace, useAgreement } from './signing.tsx'
import { TouchButton, type TouchShown } from './touch-button.tsx'
import { untilItStands } from './until-it-stands.ts'

/** An order about somebody's keys: asked for, agreed to with a touch, given. */
export interface Ordering {
  /** Where the portal says what is to be signed, and where it takes what was. */
  readonly prepareAt: string
  readonly giveAt: string
  /** What is wished for, as the first of these takes it. */
  readonly wish: object
  /** What goes to the second beside the order and its signature. */
  readonly along?: object
}

interface OrderButtonProps extends TouchShown {
  readonly place: SigningPlace
  readonly ordering: Ordering
  /** Called once it stands in a block that counts. */
  readonly onDone?: () => void
}

/** A button that one touch stands behind. */
export function OrderButton({ place, ...rest }: OrderButtonProps) {
  return (
    <Signing place={place}>
      <Order member={place.member} {...rest} />
    </Signing>
  )
}

function Order({
  member,
  ordering,
  size = 'large',
  ...shown
}: Omit<OrderButtonProps, 'place'> & { readonly member: Address }) {
  const { agree } = useAgreement(member)
  const give = async (onItsWay: () => void): Promise<string | null> => {
    const prepared = await post<object>(ordering.prepareAt, ordering.wish)
    if (prepared.is !== 'given') return whyNot(prepared)
    const { account, chainId, order } = readPrepared(prepared.value)
    const signed = await agree(typedAccountOrder(chainId, account, order) as unknown as TypedDataDefinition)
    if (signed.is === 'refused') return signed.sentence
    const body = { order, signature: signed.signature, ...ordering.along }
    const given = await post<{ key: string }>(ordering.giveAt, body)
    if (given.is !== 'given') return whyNot(given)
    onItsWay()
    return await untilItStands(0, given.value.key)
  }
  return <TouchButton act={give} afterwards="done" size={size} {...shown} />
}
