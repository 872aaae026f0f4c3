// Where a webhook may go: to the open network only, never into the house that sends it. Names are looked up by whoever
// sends, and every address they stand for is asked about here, at the moment it is connected to.
import { BlockList, isIP } from 'node:net'

// One list for each family: in one, an IPv4 address counts as the IPv6 address that carries it.
const inside = new BlockList()
const inside6 = new BlockList()
for (const [net, prefix] of [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
  ],
  ...[
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ],
  ...[
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
] as [string, number][]) {
  inside.addSubnet(net, prefix, 'ipv4')
}
// What is carried by another protocol's address (mapped, translated, 6to4, Teredo) could be any of the above.
for (const [net, prefix] of [
  ...[
    ['::', 96],
    ['::ffff:0:0', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
  ],
  ...[
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
  ],
] as [string, number][]) {
  inside6.addSubnet(net, prefix, 'ipv6')
}

/** Whether an address, written as digits, is of the open network. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !inside.check(address, 'ipv4')
  return family === 6 && !inside6.check(address, 'ipv6')
}

export type TargetFault = 'noAddress' | 'notHttps' | 'holdsSecrets' | 'privateAddress'

const mostLength = 500
const houseNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa)\.?$/i

/** What is wrong with where a webhook is to go, as far as the words alone tell; null where nothing is. */
export function targetFault(text: string): TargetFault | null {
  const url = text.length <= mostLength ? URL.parse(text) : null
  if (url === null) return 'noAddress'
  if (url.protocol !== 'https:') return 'notHttps'
  if (url.username !== '' || url.password !== '') return 'holdsSecrets'
  // URL writes every spelling of an IPv4 address (0x7f.1, 2130706433) in the usual way.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'privateAddress'
  return houseNames.test(host) || !host.includes('.') ? 'privateAddress' : null
}
