import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRandom } from './random.ts'

/** A proxy of a service or a store that loses or damages replies, as a broken connection would. */
export interface FaultProxy {
  readonly endpoint: string
  /** How many replies were lost so far. */
  readonly dropped: number
  /** The share of replies to lose from now on, 0 to 1. */
  dropReplies(share: number): void
  /** Whether replies arrive with their second half cut off, as valid HTTP. */
  cutReplies(cuts: boolean): void
  stop(): Promise<void>
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The store executes every request that arrives here; the reply is lost afterwards. */
export async function startFaultProxy(target: string, seed: number): Promise<FaultProxy> {
  const random = createRandom(seed)
  const agent = new Agent({ keepAlive: true })
  let share = 0
  let dropped = 0
  let cuts = false

  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request)
    const { method, headers, url = '/' } = request
    const onward = sendRequest(new URL(url, target), { method, headers, agent })
    onward.end(body)
    const [reply] = (await once(onward, 'response')) as [IncomingMessage]
    const answer = await readAll(reply)
    if (random.happens(share)) {
      dropped += 1
      response.socket?.destroy()
      return
    }
    const passed = cuts ? answer.subarray(0, answer.length / 2) : answer
    const length = { 'content-length': passed.length }
    response.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...length })
    response.end(passed)
  }
  const server = createServer((request, response) => {
    // A crashed store sends nothing, and neither does its proxy.
    forward(request, response).catch(() => response.socket?.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get dropped() {
      return dropped
    },
    dropReplies: (wanted) => {
      share = wanted
    },
    cutReplies: (wanted) => {
      cuts = wanted
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
      await once(server, 'close')
    },
  }
}
