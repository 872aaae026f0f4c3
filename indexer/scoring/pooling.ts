import type { Fit, Prior } from './fit.ts'

/** As many imagined members of the whole network stand beside a shop's own. */
export const pooledMembers = 200

/**
 * Partial pooling: a shop's parameters are drawn towards the network's as if `members` average members of the network
 * were among the shop's own. The pull along each direction is what those members would know of it (the observed
 * information), so a shop of n members keeps about n / (n + members) of what sets it apart. Undefined where the network
 * itself could not be fitted: the shop then stands alone.
 */
export function priorFrom(
  network: Fit<object>,
  names: readonly string[],
  members: number = pooledMembers,
): Prior | undefined {
  const { parameters, information } = network
  if (network.status !== 'converged' || parameters === undefined || network.covariance === undefined) return undefined
  if (information === undefined) return undefined
  const scale = members / network.members
  return {
    centre: names.map((name) => Math.log((parameters as Readonly<Record<string, number>>)[name] as number)),
    precision: information.map((row) => row.map((part) => part * scale)),
  }
}
