/** The plainest transport: every service over HTTP at its own URL, nothing added to the calls. */
import { SubgraphFault } from '../transport.ts'
import type { SubgraphTransport } from '../transport.ts'
import { openRemote } from './remote.ts'
import type { Remote, RemoteOptions } from './remote.ts'

export interface RemoteTransport extends SubgraphTransport {
  close(): Promise<void>
}

export function createRemoteTransport(
  urls: ReadonlyMap<string, string>,
  options: Omit<RemoteOptions, 'service' | 'url'> = {},
): RemoteTransport {
  const remotes = new Map<string, Remote>()
  for (const [service, url] of urls) remotes.set(service, openRemote({ ...options, service, url }))
  return {
    send: async ({ service, body }) => {
      const remote = remotes.get(service)
      if (!remote) throw new SubgraphFault(`The service "${service}" has no address.`)
      const { bytes, headers } = await remote.post(body)
      return { bytes, cacheControl: headers['cache-control'] ?? null }
    },
    close: async () => {
      await Promise.all([...remotes.values()].map((remote) => remote.close()))
    },
  }
}
