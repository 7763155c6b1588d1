import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { noteEvent } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { OperationGuard, OperationResult } from '../operations/operation-stages.ts'
import type { IpBlocks, Reservation } from './ip-block.ts'
import type { ReadProgram } from './programs.ts'
import { refuseUntil } from './budget.ts'

/** Codes of a wrong password; other refusals did not check it. */
const failureCodes = new Set<unknown>(['WRONG_PASSWORD', 'USER_NOT_FOUND', 'INVALID_CREDENTIALS'])

/** The REST contract reveals which names exist, so an unknown name is no failed guess there; it has its own limit. */
const restFailureCodes = new Set<unknown>(['WRONG_PASSWORD'])

/** How long a sign-in waits for pending ones of its address that could still fail, and how often it checks. */
const patienceMs = 5_000
const pauseMs = 40

/**
 * Refuses sign-ins of an address with too many failures. The wrong guesses that an operation can make, one in each call, are
 * reserved before it runs; more than the address may still make are refused, and count for nothing. They are settled
 * with the result: nothing for sign-ins that succeeded, and for a failure also every alias behind it in its call.
 */
export function guardSignIn(blocks: IpBlocks, readProgram: ReadProgram): OperationGuard {
  return async (operation) => {
    const { signIns } = readProgram(operation)
    if (signIns.length === 0) return undefined
    const { context } = operation
    // A call stops at the first sign-in that fails.
    const guesses = signIns.length
    const reservation = await reserve(blocks, context, guesses)
    if (reservation.kind === 'excess') throw tooManyGuesses(reservation.left)
    if (reservation.kind === 'blocked') throw refuseBlocked(context, reservation)
    return async (result) => {
      const failures = countFailures(result, signIns, context)
      const blockMs = await blocks.settle(context.clientIp, guesses, failures)
      if (blockMs !== undefined) noteBlock(context, blockMs)
    }
  }
}

const tooManyGuesses = (left: number): Refusal =>
  new Refusal('QUERY_TOO_COMPLEX', `At most ${left} sign-ins of this address may still fail.`, {
    details: { limit: String(left), counted: 'calls that sign in' },
  })

type BlockedReservation = Extract<Reservation, { kind: 'blocked' }>

/** The refusal of a sign-in of a blocked address; records the block if this sign-in caused it. */
export function refuseBlocked(
  context: RequestContext,
  { msLeft, isNew }: BlockedReservation,
): Refusal {
  if (isNew) noteBlock(context, msLeft)
  context.limitsHit.push('failed_sign_ins')
  context.log.warn({ action: 'sign-in.blocked' }, 'A sign-in of a blocked address was refused.')
  return refuseUntil('IP_BLOCKED', msLeft)
}

function noteBlock(context: RequestContext, blockMs: number): void {
  const ip = context.clientIp
  const extra = { reason: 'failed sign-ins', ip, seconds: Math.ceil(blockMs / 1000) }
  noteEvent(context, { action: 'block.set', outcome: 'ok', user: undefined, extra })
  context.log.warn(
    { action: 'ip.blocked' },
    'An address is blocked after too many failed sign-ins.',
  )
}

/** Counts sign-ins that were refused unchecked as failed, whatever is pending, so that too many at once also cause a block. */
export async function countUnseen(
  blocks: IpBlocks,
  context: RequestContext,
  signIns: number,
): Promise<void> {
  const { clientIp } = context
  const unseen = { action: 'user.sign_in', user: undefined, count: signIns } as const
  const reservation = await blocks.reserve(clientIp, 1)
  const blocked = reservation.kind === 'blocked' ? reservation : await countFailed()
  if (blocked) {
    noteEvent(context, { ...unseen, outcome: 'blocked', code: 'IP_BLOCKED' })
    throw refuseBlocked(context, blocked)
  }
  noteEvent(context, { ...unseen, outcome: 'refused', code: 'QUERY_TOO_COMPLEX' })

  async function countFailed(): Promise<BlockedReservation | undefined> {
    const reserved = reservation.kind === 'reserved' ? 1 : 0
    const msLeft = await blocks.settle(clientIp, reserved, signIns)
    return msLeft === undefined ? undefined : { kind: 'blocked', msLeft, isNew: true }
  }
}

async function reserve(
  blocks: IpBlocks,
  { clientIp, deadlineAt }: RequestContext,
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
  signIns: readonly (readonly string[])[],
  { api }: RequestContext,
): number {
  const counted = api === 'rest' ? restFailureCodes : failureCodes
  const failed = new Set(
    errors
      .filter(({ extensions }) => counted.has(extensions?.['code']))
      .map(({ path }) => String(path?.[0])),
  )
  // Those behind the first that fails in its call count with it: aliases hide no guess.
  return signIns.reduce((sum, names) => {
    const first = names.findIndex((name) => failed.has(name))
    return first === -1 ? sum : sum + names.length - first
  }, 0)
}
