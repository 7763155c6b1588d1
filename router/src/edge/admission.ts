import type { Server } from 'node:http'
import type { BlockList, Socket } from 'node:net'
import { Counter, Gauge, type Registry } from 'prom-client'
import { bucketAddress, isTrustedPeer } from '../guard/client-ip.ts'
import { openTally } from '../guard/tally.ts'

interface AdmissionLimits {
  /** Open connections of one address, on all ports; trusted proxies are exempt. */
  readonly perAddress: number
  /** Open connections of one port. */
  readonly atOnce: number
  /** No request of the connection waits for its response. */
  readonly isIdle: (socket: Socket) => boolean
}

/** Bounds the connections of servers. */
export interface Admission {
  guard(server: Server): void
}

/** So many connections of the heaviest addresses are looked at for an idle one. */
const mostExamined = 1_000

/** Beyond this part of a port's connections, the addresses with the most of them make room for others. */
const crowdedFrom = 0.9

/**
 * Bounds the open connections of an address and of a port. A few addresses together must not hold all of a port: once it is
 * crowded, an address that has the most gets no further one, and a connection of any other closes an idle one of it.
 */
export function openAdmission(
  { perAddress, atOnce, isIdle }: AdmissionLimits,
  proxies: BlockList,
  registry: Registry,
): Admission {
  const { open, refused, displaced } = createMetrics(registry)
  const byAddress = openTally()
  const crowd = Math.max(1, Math.floor(atOnce * crowdedFrom))

  function admit(socket: Socket, port: Crowd): void {
    const peer = socket.remoteAddress ?? ''
    const address = bucketAddress(peer)
    const isProxy = isTrustedPeer(proxies, peer)
    const isCrowded = port.size() >= crowd
    const isTooMany = byAddress.of(address) >= perAddress || (isCrowded && port.isHeaviest(address))
    if (isTooMany && !isProxy) {
      refused.inc()
      socket.destroy()
      return
    }
    if (isCrowded && port.displace(isIdle)) displaced.inc()
    open.inc()
    byAddress.add(address, 1)
    const forget = port.add(socket, isProxy ? undefined : address)
    socket.once('close', () => {
      open.dec()
      byAddress.add(address, -1)
      forget()
    })
  }

  return {
    guard: (server) => {
      const port = openCrowd()
      server.maxConnections = atOnce
      server.on('drop', () => refused.inc())
      server.prependListener('connection', (socket: Socket) => admit(socket, port))
    },
  }
}

type Crowd = ReturnType<typeof openCrowd>

/** The connections of a port by address, so that the address with the most is known at once. */
function openCrowd() {
  const held = new Map<string, Set<Socket>>()
  /** The addresses with so many connections. */
  const levels = new Map<number, Set<string>>()
  let most = 0
  let size = 0

  function move(address: string, from: number, to: number): void {
    const left = levels.get(from)
    left?.delete(address)
    if (left?.size === 0) levels.delete(from)
    if (to > 0) levels.set(to, (levels.get(to) ?? new Set()).add(address))
    if (to > most) most = to
    // The address that had the most is one below now.
    else if (from === most && !levels.has(most)) most = to
  }
  function add(socket: Socket, address: string): void {
    const sockets = held.get(address) ?? new Set()
    held.set(address, sockets.add(socket))
    move(address, sockets.size - 1, sockets.size)
  }
  function remove(socket: Socket, address: string): void {
    const sockets = held.get(address)
    if (!sockets?.delete(socket)) return
    if (sockets.size === 0) held.delete(address)
    move(address, sockets.size + 1, sockets.size)
  }

  return {
    size: () => size,
    isHeaviest: (address: string): boolean => most > 0 && (held.get(address)?.size ?? 0) >= most,
    /** Counts a connection until the result is called; one without an address makes no room for others. */
    add: (socket: Socket, address: string | undefined): (() => void) => {
      size += 1
      if (address !== undefined) add(socket, address)
      return () => {
        size -= 1
        if (address !== undefined) remove(socket, address)
      }
    },
    /** Closes the oldest idle connection of an address that has the most; false where it has none. */
    displace: (isIdle: (socket: Socket) => boolean): boolean => {
      let examined = 0
      for (const address of levels.get(most) ?? []) {
        for (const socket of held.get(address) ?? []) {
          examined += 1
          if (examined > mostExamined) return false
          if (socket.destroyed || !isIdle(socket)) continue
          socket.destroy()
          return true
        }
      }
      return false
    },
  }
}

function createMetrics(registry: Registry) {
  const registers = [registry]
  return {
    open: new Gauge({
      name: 'gateway_connections',
      help: 'Connections that are open now.',
      registers,
    }),
    refused: new Counter({
      name: 'gateway_connections_refused_total',
      help: 'Connections that were closed at once, because a limit per address or in total was reached.',
      registers,
    }),
    displaced: new Counter({
      name: 'gateway_connections_displaced_total',
      help: 'Idle connections of the address with the most that made room for another address.',
      registers,
    }),
  }
}
