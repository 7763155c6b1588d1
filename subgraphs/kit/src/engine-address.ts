import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'

/** Where the embedded engine listens. */
export interface EngineAddress {
  readonly host: string
  readonly port: number
}

/**
 * Ports above 1023 that the Fetch standard blocks ("bad ports"). The engine answers any request,
 * without a signature and with `Access-Control-Allow-Origin: *`, and has neither a socket file nor a
 * secret. On one of these ports no browser connects to it, whatever a page tries: fetch, forms,
 * images, WebSockets, or DNS rebinding. Node's http client does.
 * 4190 and 6679 are on the standard's list too, but Chromium connects to them.
 */
export const blockedPorts = [
  1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697,
  10080,
] as const

const attempts = 200

/**
 * Linux has all of 127.0.0.0/8 on its loopback interface. A random address out of it gives each of
 * many platforms on one machine all the blocked ports; elsewhere there is only 127.0.0.1.
 */
const randomHost = (): string =>
  process.platform === 'linux'
    ? `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`
    : '127.0.0.1'

/** A free loopback address with a port that browsers refuse to connect to. */
export async function findEngineAddress(): Promise<EngineAddress> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = blockedPorts[randomInt(blockedPorts.length)] ?? blockedPorts[0]
    const address = { host: randomHost(), port }
    if (await isFree(address)) return address
  }
  throw new Error('The embedded store found no free port among those that browsers refuse.')
}

async function isFree({ host, port }: EngineAddress): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Uses node:http, because Node's fetch refuses the blocked ports. */
export function isEngineUp({ host, port }: EngineAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port, path: '/', timeout: 1_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.once('timeout', () => asked.destroy())
    asked.once('error', () => resolve(false))
    asked.end()
  })
}
