/**
 * What no shop may go beyond when it treats members differently. These numbers are the network's, printed in
 * docs/rules.md; how many more points some may get is the board's own to say (`board-policy.ts`).
 */
export const policy = {
  /** Of each draw, so much is spread evenly over all rewards that may be proposed, so that none is never tried. */
  explorationFloor: 0.1,
  /** Rewards that one draw is among. */
  mostArms: 3,
  /** One proposal a member and so many days, which is also how long a proposal has to be taken up. */
  proposalDays: 28,
  /** A reward taken less than so many days ago is not proposed again. */
  restDays: 28,
  /** Multipliers in hundredths: never fewer points than anybody. */
  leastPercent: 100,
} as const
