/**
 * Subgraphs for measurements: the first response to a body comes from a real subgraph, later ones from memory, so that
 * the figures exclude the work of subgraphs.
 */
import { createServer, type IncomingMessage } from 'node:http'

export interface Replayed {
  readonly urls: ReadonlyMap<string, string>
  /** Returns the calls since the previous call of this function. */
  readonly takeCount: () => number
  /** Drops the connection of every call to a service until `revive`. */
  readonly kill: (service: string) => void
  readonly revive: () => void
  readonly close: () => void
}

/** Returns the JSON text of a service's response to a GraphQL request. */
export type Answer = (service: string, body: string) => Promise<string>

export async function startReplay(services: readonly string[], answer: Answer): Promise<Replayed> {
  let count = 0
  const dead = new Set<string>()
  const urls = new Map<string, string>()
  const servers = await Promise.all(
    services.map(async (service) => {
      const known = new Map<string, Buffer>()
      const server = createServer((request, response) => {
        count += 1
        if (dead.has(service)) {
          request.socket.destroy()
          return
        }
        void readText(request)
          .then(async (body) => {
            const bytes = known.get(body) ?? Buffer.from(await answer(service, body))
            known.set(body, bytes)
            response.writeHead(200, {
              'content-type': 'application/json',
              'content-length': bytes.length,
            })
            response.end(bytes)
          })
          .catch(() => response.destroy())
      })
      server.keepAliveTimeout = 60_000
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      urls.set(service, `http://127.0.0.1:${port}/graphql`)
      return server
    }),
  )
  return {
    urls,
    takeCount: () => {
      const taken = count
      count = 0
      return taken
    },
    kill: (service) => void dead.add(service),
    revive: () => dead.clear(),
    close: () => {
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
