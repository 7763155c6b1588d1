import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'

/** Every address of a name, as the system resolves it. */
export type LookUp = (hostname: string) => Promise<readonly { address: string; family: number }[]>

export const lookUpAll: LookUp = (hostname) => systemLookup(hostname, { all: true })

/** Where one copy listens. */
export interface CopyAddress {
  /** Host and port; unique among the copies of a subgraph. */
  readonly name: string
  readonly url: string
  /** For connections; resolves the name of the URL to the address of this copy. */
  readonly connect: { readonly lookup?: LookupFunction }
}

const pinTo =
  (address: string, family: number): LookupFunction =>
  (_hostname, options, answer) => {
    if (options.all) answer(null, [{ address, family }])
    else answer(null, address, family)
  }

/**
 * The copies that a URL names. A name with several addresses has a copy at each of them; with one or none, its connections
 * resolve it themselves. A copy with both families has an address of each, so only one family counts.
 */
async function resolveUrl(url: string, lookUp: LookUp): Promise<readonly CopyAddress[]> {
  const { hostname, host, port } = new URL(url)
  const itself = [{ name: host, url, connect: {} }]
  if (hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) > 0) return itself
  const found = await lookUp(hostname).catch(() => [])
  const addresses = found.filter(({ family }) => family === (found[0]?.family ?? 4))
  if (addresses.length < 2) return itself
  return addresses.map(({ address, family }) => ({
    name: `${family === 6 ? `[${address}]` : address}:${port}`,
    url,
    connect: { lookup: pinTo(address, family) },
  }))
}

export async function resolveUrls(
  urls: readonly string[],
  lookUp: LookUp,
): Promise<readonly CopyAddress[]> {
  const found = (await Promise.all(urls.map((url) => resolveUrl(url, lookUp)))).flat()
  return [...new Map(found.map((address) => [address.name, address])).values()]
}

/** Whether a URL names something whose addresses may change. */
export const isNamed = (url: string): boolean => {
  const { hostname } = new URL(url)
  return hostname !== 'localhost' && isIP(hostname.replace(/^\[|\]$/g, '')) === 0
}
