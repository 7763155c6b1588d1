import { maskAddress } from '@cnop/kit/log'
import { type Response, Router } from 'express'
import { z } from 'zod'
import { noteEvent } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { contextOf } from '../edge/request-context.ts'
import { readAddress } from './client-ip.ts'
import type { IpBlocks } from './ip-block.ts'

const longestBlockSeconds = 30 * 86_400
const newBlock = z.strictObject({ seconds: z.int().min(1).max(longestBlockSeconds) })

function readIp(text: string | undefined): string {
  const address = readAddress(text ?? '')
  if (address !== undefined) return address
  const details = { field: 'ip', reason: 'is not an address' }
  throw new Refusal('BAD_USER_INPUT', 'ip: is not an address', { details })
}

function readSeconds(body: unknown): number {
  const parsed = newBlock.safeParse(body)
  if (parsed.success) return parsed.data.seconds
  const details = { field: 'seconds', reason: `must be 1 to ${longestBlockSeconds}` }
  throw new Refusal('BAD_USER_INPUT', `seconds: ${details.reason}`, { details })
}

/** Blocked addresses, for administrators: see, set and clear, wherever the counts are kept. */
export function createBlockEndpoint(blocks: IpBlocks): Router {
  const router = Router()
  router.get('/', async (_request, response) => {
    response.json({ blocks: await blocks.list() })
  })
  router.put('/:ip', async (request, response) => {
    const ip = readIp(request.params.ip)
    const seconds = readSeconds(request.body)
    await blocks.set(ip, seconds)
    note(response, 'block.set', { ip, seconds })
    response.json({ ip, secondsLeft: seconds })
  })
  router.delete('/:ip', async (request, response) => {
    const ip = readIp(request.params.ip)
    const wasBlocked = await blocks.clear(ip)
    note(response, 'block.cleared', { ip })
    response.json({ ip, wasBlocked })
  })
  return router
}

/** The event's facts have the blocked address; `client_ip` is the administrator's. */
function note(
  response: Response,
  action: 'block.set' | 'block.cleared',
  { ip, seconds }: { ip: string; seconds?: number },
): void {
  const context = contextOf(response)
  const extra = { reason: 'by an administrator', ip, ...(seconds !== undefined && { seconds }) }
  noteEvent(context, { action, outcome: 'ok', extra })
  const { log, actor } = context
  const line = {
    action: `ip.${action}`,
    user: actor?.username,
    extra: { address: maskAddress(ip) },
  }
  log.warn(line, 'A block was changed.')
}
