/**
 * Subgraphs for measurements: the first response to a body comes from a real subgraph, later ones from memory, so that
 * the figures exclude the work of subgraphs.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'

/** The text that makes a request different from every other one: it begins the keys of everything that is returned. */
export const saltOf = (request: number): string =>
  `~${(request % 36 ** 4).toString(36).padStart(4, '0')}`
export const saltLength = 5
const salts = /~[0-9a-z]{4}/
const saltOfMemory = saltOf(0)

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

export interface ReplayOptions {
  /** How late each service answers. */
  readonly delayMs?: Readonly<Record<string, number>>
  /** Every body is new: none is remembered. */
  readonly isForgetful?: boolean
}

interface Remembered {
  readonly text: string
  readonly bytes: Buffer
  readonly isSalted: boolean
}

/** Answers by memory. A salt in the body is put into the remembered response. */
function createMemory(answer: Answer, service: string, isForgetful: boolean) {
  const known = new Map<string, Remembered>()
  const remember = async (body: string): Promise<Remembered> => {
    const text = await answer(service, body)
    const kept = { text, bytes: Buffer.from(text), isSalted: text.includes(saltOfMemory) }
    if (!isForgetful) known.set(body, kept)
    return kept
  }
  return async (body: string): Promise<Buffer> => {
    const [salt = saltOfMemory] = salts.exec(body) ?? []
    const plain = salt === saltOfMemory ? body : body.replaceAll(salt, saltOfMemory)
    const { text, bytes, isSalted } = known.get(plain) ?? (await remember(plain))
    return isSalted && salt !== saltOfMemory
      ? Buffer.from(text.replaceAll(saltOfMemory, salt))
      : bytes
  }
}

export async function startReplay(
  services: readonly string[],
  answer: Answer,
  { delayMs = {}, isForgetful = false }: ReplayOptions = {},
): Promise<Replayed> {
  let count = 0
  const dead = new Set<string>()
  const urls = new Map<string, string>()
  const servers = await Promise.all(
    services.map(async (service) => {
      const recall = createMemory(answer, service, isForgetful)
      const late = delayMs[service] ?? 0
      const server = createServer((request, response) => {
        count += 1
        if (dead.has(service)) {
          request.socket.destroy()
          return
        }
        void readText(request)
          .then(async (body) => {
            const bytes = await recall(body)
            if (late > 0) await setTimeout(late)
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
