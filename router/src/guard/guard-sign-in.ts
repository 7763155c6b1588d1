import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { OperationGuard, OperationResult } from '../operation-stages.ts'
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
    const { exchange } = operation.contextValue
    const reservation = await reserve(blocks, exchange, signIns.length)
    if (reservation.kind === 'blocked') {
      exchange.log.warn(
        { action: 'sign-in.blocked', extra: { client_ip: exchange.clientIp } },
        'A sign-in of a blocked address was refused.',
      )
      throw refuseUntil('IP_BLOCKED', reservation.msLeft)
    }
    return async (result) => {
      const failures = countFailures(result, signIns, exchange)
      const isBlocked = await blocks.settle(exchange.clientIp, signIns.length, failures)
      if (isBlocked && failures > 0) {
        exchange.log.warn(
          { action: 'ip.blocked', extra: { client_ip: exchange.clientIp } },
          'An address is blocked after too many failed sign-ins.',
        )
      }
    }
  }
}

/** Counts sign-ins that were refused unseen as failed ones, so that asking for too many at once blocks as well. */
export async function countUnseen(
  blocks: IpBlocks,
  clientIp: string,
  signIns: number,
): Promise<void> {
  const reservation = await blocks.reserve(clientIp, signIns)
  if (reservation.kind === 'blocked') throw refuseUntil('IP_BLOCKED', reservation.msLeft)
  if (reservation.kind === 'reserved') await blocks.settle(clientIp, signIns, signIns)
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
