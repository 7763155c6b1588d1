import { isIP } from 'node:net'

/** Whether the `Host` header of a request names this server. */
export type AcceptsHost = (header: string | undefined) => boolean

const form = /^(\[[\da-f:.]+\]|[^:[\]]+?)\.?(?::\d*)?$/i

const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || address.startsWith('127.')

/**
 * Decides which `Host` headers a port accepts, against DNS rebinding: a page whose own name is made to resolve to this
 * machine reads the server's responses as those of its own origin, so CORS does not protect them. Its requests have
 * that name. An IP address is never rebound, so probes and proxies that use one are accepted, and `localhost` always means
 * this machine.
 *
 * A port on loopback accepts nothing else but the configured names. A port that others can reach is checked once
 * names are configured, since only its operator knows its names.
 */
export function createHostCheck(listensOn: string, names: readonly string[] = []): AcceptsHost {
  if (!isLoopback(listensOn) && names.length === 0) return () => true
  const own = new Set(['localhost', ...names.map((name) => name.toLowerCase())])
  return (header) => {
    // HTTP/1.0 has no such header, and no browser speaks it.
    if (header === undefined || header === '') return true
    const name = form.exec(header)?.[1]?.toLowerCase()
    if (name === undefined) return false
    return isIP(name.replace(/^\[|\]$/g, '')) > 0 || own.has(name) || name.endsWith('.localhost')
  }
}
