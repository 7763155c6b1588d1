import { BlockList, isIP } from 'node:net'
import { BadEnvironment } from '@cnop/kit/config'

/** Finds the address of the client behind the configured proxies. */
export type FindClientIp = (peer: string, forwardedFor: string | undefined) => string

/** Proxies as addresses or networks: `10.0.0.0/8`, `::1`. Throws `BadEnvironment` for anything else, naming it. */
export function readProxies(proxies: readonly string[]): BlockList {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const { address = '', bits } =
      /^(?<address>[^/]+)(?:\/(?<bits>\d{1,3}))?$/.exec(proxy)?.groups ?? {}
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const longest = type === 'ipv6' ? 128 : 32
    const prefix = bits === undefined ? longest : Number(bits)
    if (isIP(address) === 0 || prefix > longest) {
      throw new BadEnvironment(`TRUSTED_PROXIES: ${proxy} is neither an address nor a network`)
    }
    trusted.addSubnet(address, prefix, type)
  }
  return trusted
}

/** IPv4-mapped IPv6 addresses are IPv4; IPv6 counts by its /64, the usual allocation of one customer. */
export function bucketAddress(address: string): string {
  const plain =
    address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
  if (isIP(plain) !== 6) return plain
  return `${expandIpv6(plain).slice(0, 4).join(':')}::/64`
}

/** Parses an address, or an IPv6 network as the list of blocks shows it; undefined for anything else. */
export function readAddress(text: string): string | undefined {
  const bare = text.endsWith('::/64') ? text.slice(0, -3) : text
  return isIP(bare) === 0 ? undefined : bucketAddress(bare)
}

function expandIpv6(address: string): string[] {
  const [head = '', tail = ''] = address.split('%')[0]?.split('::') ?? []
  const before = head.split(':').filter((group) => group !== '')
  const after = tail.split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
}

/** Whether an address of a connection is a configured proxy's. */
export const isTrustedPeer = (trusted: BlockList, peer: string): boolean => {
  const address = unwrap(peer)
  return isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Walks X-Forwarded-For from right to left past trusted proxies only; what an untrusted peer claims is ignored. */
export function findClientIp(trusted: BlockList): FindClientIp {
  return (peer, forwardedFor) => {
    const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim())
    let client = unwrap(peer)
    for (const hop of hops.reverse()) {
      if (!isTrustedPeer(trusted, client) || isIP(unwrap(hop)) === 0) break
      client = unwrap(hop)
    }
    return bucketAddress(client)
  }
}

const unwrap = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
