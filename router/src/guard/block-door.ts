import { isIP } from 'node:net'
import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { Refusal } from '../errors/refusal.ts'
import { exchangeOf } from '../exchange.ts'
import { bucketAddress } from './client-ip.ts'
import type { IpBlocks } from './ip-block.ts'

const longestBlockSeconds = 30 * 86_400
const newBlock = z.object({ seconds: z.int().min(1).max(longestBlockSeconds) })

const requireAdmin: RequestHandler = (_request, response, next) => {
  const { actor } = exchangeOf(response)
  if (!actor) throw new Refusal('UNAUTHENTICATED')
  if (actor.role !== 'admin') throw new Refusal('FORBIDDEN')
  next()
}

/** An address as a person writes it, or an IPv6 network as the list shows it. */
function readAddress(text: string | undefined): string {
  const address = decodeURIComponent(text ?? '')
  const bare = address.endsWith('::/64') ? address.slice(0, -3) : address
  if (isIP(bare) === 0) {
    const details = { field: 'ip', reason: 'is no address' }
    throw new Refusal('BAD_USER_INPUT', 'ip: is no address', { details })
  }
  return bucketAddress(bare)
}

function readSeconds(body: unknown): number {
  const parsed = newBlock.safeParse(body)
  if (parsed.success) return parsed.data.seconds
  const details = { field: 'seconds', reason: `must be 1 to ${longestBlockSeconds}` }
  throw new Refusal('BAD_USER_INPUT', `seconds: ${details.reason}`, { details })
}

/** Blocked addresses for administrators: see, set and clear, wherever the counts are kept. */
export function createBlockDoor(blocks: IpBlocks): Router {
  const door = Router()
  door.use(requireAdmin)
  door.get('/', async (_request, response) => {
    response.json({ blocks: await blocks.list() })
  })
  door.put('/:ip', async (request, response) => {
    const ip = readAddress(request.params.ip)
    const seconds = readSeconds(request.body)
    await blocks.set(ip, seconds)
    note(response, 'ip.block.set', ip)
    response.json({ ip, secondsLeft: seconds })
  })
  door.delete('/:ip', async (request, response) => {
    const ip = readAddress(request.params.ip)
    const wasBlocked = await blocks.clear(ip)
    note(response, 'ip.block.cleared', ip)
    response.json({ ip, wasBlocked })
  })
  return door
}

function note(response: Parameters<typeof exchangeOf>[0], action: string, ip: string): void {
  const { log, actor } = exchangeOf(response)
  log.warn({ action, user: actor?.username, extra: { client_ip: ip } }, 'A block was changed.')
}
