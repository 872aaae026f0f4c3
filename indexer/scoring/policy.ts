/**
 * What no shop may go beyond when it treats members differently. The numbers are the network's, printed in
 * docs/rules.md; a shop's own limit on the chain (N-8, decided by the board) narrows them further.
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
  /** Multipliers in hundredths: never fewer points than anybody, at most twice as many. */
  leastPercent: 100,
  mostPercent: 200,
  /** A member's multiplier changes once in so many days, by so much at most. */
  changeDays: 28,
  mostChange: 50,
} as const
