import { toEventSelector } from 'viem'
import { consortiumAbi, shopPointsAbi } from '#contracts/generated.ts'

/** What a consortium says when it admits a shop and its token of points. */
export const admittedTopic = toEventSelector(
  consortiumAbi.find((item) => item.type === 'event' && item.name === 'ShopAdmitted') as never,
)

/** What a token says when points move. */
export const transferTopic = toEventSelector(
  shopPointsAbi.find((item) => item.type === 'event' && item.name === 'Transfer') as never,
)
