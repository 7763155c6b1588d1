import { isIP } from 'node:net'

/** Whether the `Host` header of a request names this server. */
export type AcceptsHost = (header: string | undefined) => boolean

/** A `Host` header by RFC 9110, section 7.2: an IP address in brackets or a name, and a port. */
const form = /^(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=%-]+?)\.?(?::(\d*))?$/i
const mostPort = 65_535

/** The name or the address in lower case; undefined for a malformed header. */
function nameOf(header: string): string | undefined {
  const [, name, port = ''] = form.exec(header) ?? []
  return parseInt(port, 10) > mostPort ? undefined : name?.toLowerCase()
}

/** Whether a `Host` header has the form that HTTP demands, whatever it names. */
export const isHost = (header: string): boolean => nameOf(header) !== undefined

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
    if (header === undefined) return true
    const name = nameOf(header)
    if (name === undefined) return false
    return isIP(name.replace(/^\[|\]$/g, '')) > 0 || own.has(name) || name.endsWith('.localhost')
  }
}
