import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { cardStatement } from '#contracts/till-api/cards.ts'
import type { LivingStreet } from '#test/support/living-street.ts'
import type { TestShop } from '#test/support/network.ts'
import { deviceOf, placeOf, type Way, windowOf } from '#test/support/till-device.ts'
import { makeCards } from '#web/acts/cards.ts'
import { noteShoppers, shoppersSeen } from '#web/app/till/card.ts'
import { givePoints } from '#web/app/till/give.ts'
import { moneyTaken } from '#web/app/till/owed.ts'
import type { Sale } from '#web/app/till/ring-up.ts'
import { sendWaiting } from '#web/app/till/send.ts'
import { goOnThoughOwed, type PaymentStage } from '#web/app/till/take.ts'
import { readBook } from '#web/app/till/till-book.ts'
import type { TillGround } from '#web/app/till/till-ground.ts'

interface Counter {
  readonly street: () => LivingStreet
  readonly shop: () => TestShop
  readonly way: Way
  readonly sale: (points: bigint) => Sale
  /** The first member has agreed to pay so many points. */
  readonly pays: (till: TillGround, points: bigint) => Promise<{ readonly look: () => Promise<PaymentStage | null> }>
  /** A till whose first member has so many. */
  readonly tillWithPoints: (points: bigint) => Promise<TillGround>
}

/** What a till asks for before it takes points, and what it does not put on a card; on the street that is open. */
export function owedAndOnCards({ street, shop, way, sale, pays, tillWithPoints }: Counter): void {
  test('what a shopper owes from before is asked for before the points are taken', async () => {
    const till = await tillWithPoints(500n)
    const lost = (sequence: number) =>
      street().web.query(
        `INSERT INTO portal.intent (shop, key, kind, till, sequence, member, points, content_hash, payload, state,
            refused, attempts, created_at)
          VALUES ($1, 'payment:1:' || $2::bigint, 'payment', 1, $2::bigint, $3, 30, '', '{}', 'refused', 'balance', 0,
            now())`,
        [shop().shop, sequence, Buffer.from(street().member(0).address.slice(2), 'hex')],
      )
    await lost(77)
    const first = await pays(till, 50n)
    const stage = await first.look()
    expect(stage).toMatchObject({ at: 'owes', owed: [{ till: 1, sequence: '77', points: 30n }] })
    // Nothing is taken meanwhile.
    expect(await first.look()).toMatchObject({ at: 'owes' })
    expect(await moneyTaken(till, stage?.at === 'owes' ? stage.owed : [])).toMatchObject({ is: 'given' })
    expect(await first.look()).toEqual({ at: 'paid' })
    await lost(900)
    const second = await pays(till, 50n)
    expect(await second.look()).toMatchObject({ at: 'owes', owed: [{ sequence: '900' }] })
    await goOnThoughOwed(till)
    expect(await second.look()).toEqual({ at: 'certain' })
    await street().settleDown()
    expect(await second.look()).toEqual({ at: 'paid' })
  })

  test('a card takes no more without a network than it could when the street last said so', async () => {
    const till = windowOf(placeOf(street().network, shop()), deviceOf(shop()), Date.now)
    const card = privateKeyToAccount(generatePrivateKey())
    const signature = await card.signMessage({ message: cardStatement(shop().shop) })
    await makeCards({ shop: shop().shop, cards: [{ member: card.address, signature }] })
    const onCard = (points: bigint) => givePoints(till, { ...sale(points), member: card.address })
    await noteShoppers(till.shelf, [{ member: card.address, name: 'Card', code: null, cardTakes: 100n }])
    expect(await onCard(10n)).toMatchObject({ is: 'given' })
    way.state = 'cut'
    expect(await onCard(60n)).toMatchObject({ is: 'kept' })
    expect(await onCard(31n)).toMatchObject({ is: 'refused', code: 'cardFull' })
    expect(await onCard(30n)).toMatchObject({ is: 'kept' })
    expect(await onCard(1n)).toMatchObject({ is: 'refused', code: 'cardFull' })
    expect(await givePoints(till, sale(31n))).toMatchObject({ is: 'kept' })
    way.state = 'open'
    await sendWaiting(till)
    expect(await readBook(till.shelf, till.place)).toMatchObject({ waiting: [], refused: [] })
    expect(await shoppersSeen(till.shelf)).toMatchObject([{ cardTakes: 0n }])
    // The street answers, and knows better.
    expect(await onCard(1n)).toMatchObject({ is: 'given' })
  })
}
