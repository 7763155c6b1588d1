import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { noteEvent } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../edge/request-context.ts'
import type { OperationGuard, OperationResult } from '../operations/operation-stages.ts'
import type { IpBlocks, Reservation } from './ip-block.ts'
import type { ReadProgram } from './operation-program.ts'
import { refuseUntil } from './refuse-later.ts'

/** Refusals that mean that a password was tried and was wrong; all others left the question open. */
const failureCodes = new Set<unknown>(['WRONG_PASSWORD', 'USER_NOT_FOUND', 'INVALID_CREDENTIALS'])

/** REST tells its callers which names exist, so an unknown one is no failed guess there; it has a limit of its own. */
const restFailureCodes = new Set<unknown>(['WRONG_PASSWORD'])

/** How long a sign-in waits for others of its address that could still fail, and how often it looks. */
const patienceMs = 5_000
const pauseMs = 40

/**
 * Refuses sign-ins of an address with too many failures. Every attempt of an operation, aliases included, is
 * counted before it runs; those that did not fail are given back when the answer is there.
 */
export function guardSignIn(blocks: IpBlocks, readProgram: ReadProgram): OperationGuard {
  return async (operation) => {
    const { signIns } = readProgram(operation)
    if (signIns.length === 0) return undefined
    const { request: exchange } = operation
    const reservation = await reserve(blocks, exchange, signIns.length)
    if (reservation.kind === 'blocked') throw refuseBlocked(exchange, reservation)
    return async (result) => {
      const failures = countFailures(result, signIns, exchange)
      const blockMs = await blocks.settle(exchange.clientIp, signIns.length, failures)
      if (blockMs !== undefined) noteBlock(exchange, blockMs)
    }
  }
}

type BlockedReservation = Extract<Reservation, { kind: 'blocked' }>

/** The refusal of a sign-in of a blocked address; notes the block if this very sign-in has brought it about. */
export function refuseBlocked(exchange: Exchange, { msLeft, isNew }: BlockedReservation): Refusal {
  if (isNew) noteBlock(exchange, msLeft)
  exchange.log.warn(
    { action: 'sign-in.blocked', extra: { client_ip: exchange.clientIp } },
    'A sign-in of a blocked address was refused.',
  )
  return refuseUntil('IP_BLOCKED', msLeft)
}

function noteBlock(exchange: Exchange, blockMs: number): void {
  const ip = exchange.clientIp
  const extra = { reason: 'failed sign-ins', ip, seconds: Math.ceil(blockMs / 1000) }
  noteEvent(exchange, { action: 'block.set', outcome: 'ok', user: undefined, extra })
  exchange.log.warn(
    { action: 'ip.blocked', extra: { client_ip: exchange.clientIp } },
    'An address is blocked after too many failed sign-ins.',
  )
}

/** Counts sign-ins that were refused unseen as failed ones, so that asking for too many at once blocks as well. */
export async function countUnseen(
  blocks: IpBlocks,
  exchange: Exchange,
  signIns: number,
): Promise<void> {
  const { clientIp } = exchange
  const unseen = { action: 'user.sign_in', user: undefined, count: signIns } as const
  const reservation = await blocks.reserve(clientIp, signIns)
  if (reservation.kind === 'blocked') {
    noteEvent(exchange, { ...unseen, outcome: 'blocked', code: 'IP_BLOCKED' })
    throw refuseBlocked(exchange, reservation)
  }
  noteEvent(exchange, { ...unseen, outcome: 'refused', code: 'QUERY_TOO_COMPLEX' })
  if (reservation.kind === 'busy') return
  const blockMs = await blocks.settle(clientIp, signIns, signIns)
  if (blockMs !== undefined) noteBlock(exchange, blockMs)
}

async function reserve(
  blocks: IpBlocks,
  { clientIp, deadlineAt }: Exchange,
  attempts: number,
): Promise<Exclude<Reservation, { kind: 'busy' }>> {
  const giveUpAt = Math.min(deadlineAt, performance.now() + patienceMs)
  for (;;) {
    const reservation = await blocks.reserve(clientIp, attempts)
    if (reservation.kind !== 'busy') return reservation
    if (performance.now() > giveUpAt) {
      throw new Refusal('OVERLOADED', 'Too many sign-ins of one address at once.', {
        details: { retryAfterSeconds: '1' },
        retryAfterSeconds: 1,
      })
    }
    await delay(pauseMs)
  }
}

function countFailures(
  { errors = [] }: OperationResult,
  signIns: readonly string[],
  { door }: Exchange,
): number {
  const counted = door === 'rest' ? restFailureCodes : failureCodes
  const failed = errors.filter(
    ({ path, extensions }) =>
      signIns.includes(String(path?.[0])) && counted.has(extensions?.['code']),
  )
  return Math.min(signIns.length, failed.length)
}
