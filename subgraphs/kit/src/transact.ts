import { setTimeout as delay } from 'node:timers/promises'
import type { AttributeValue, CancellationReason } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { Db, Item } from './dynamo.ts'
import {
  Contention,
  InvariantViolation,
  OutcomeUnknown,
  StoreUnavailable,
  invariant,
} from './errors.ts'
import { chance } from './ids.ts'
import { isRefusedConnection, judgeFailure } from './store-failure.ts'

type Step = NonNullable<TransactWriteCommandInput['TransactItems']>[number]
type Asked<Kind extends keyof Step> = Omit<
  NonNullable<Step[Kind]>,
  'ReturnValuesOnConditionCheckFailure'
>

export type PutInput = Asked<'Put'>
export type UpdateInput = Asked<'Update'>
export type DeleteInput = Asked<'Delete'>
export type CheckInput = Asked<'ConditionCheck'>

interface Refusable {
  /** Creates the error of a refused condition from the conflicting row. */
  readonly refused?: ((existing: Item | undefined) => Error) | undefined
}

/** One write of a transaction, in the SDK's format. */
export type Write =
  | (Refusable & { readonly put: PutInput })
  | (Refusable & { readonly update: UpdateInput })
  | (Refusable & { readonly delete: DeleteInput })
  | (Refusable & { readonly check: CheckInput })

const maxWrites = 100
const maxAttempts = 8
const firstPauseMs = 10
const longestPauseMs = 400

/**
 * Writes all or nothing. The first refused condition, in the order of the list, throws its write's error.
 * A conflict, throttling and a refused connection mean that nothing was written: they are retried here, and become
 * `Contention`, or `StoreUnavailable` where the connection is refused.
 * A lost reply throws `OutcomeUnknown`, never retried here: only a guard row shows what happened.
 */
export async function transact(db: Db, writes: readonly Write[]): Promise<void> {
  invariant(writes.length > 0 && writes.length <= maxWrites, 'A transaction has 1 to 100 writes.')
  const TransactItems = writes.map(toStep)
  let last: unknown
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      await db.transactions.send(new TransactWriteCommand({ TransactItems }))
      return
    } catch (error) {
      throwUnlessUnwritten(error, writes)
      last = error
    }
    if (attempt < maxAttempts) await delay(pauseMs(attempt))
  }
  throw isRefusedConnection(last) ? new StoreUnavailable(last) : new Contention()
}

const maxSends = 5

/**
 * Writes as `transact` does, and sends the same writes again while their outcome is unknown. They must hold only once: when they
 * are refused after a lost reply, `isWritten` finds out whether the lost one wrote them.
 */
export async function transactKnowing(
  db: Db,
  writes: readonly Write[],
  isWritten: (refusal: unknown) => boolean | Promise<boolean>,
): Promise<void> {
  let isUnknown = false
  for (let sent = 1; sent <= maxSends; sent++) {
    try {
      await transact(db, writes)
      return
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) {
        if (!isUnknown) throw error
        if (await isWritten(error)) return
        // This one wrote nothing, which says nothing about the earlier one.
        const isUntried = error instanceof Contention || error instanceof StoreUnavailable
        throw isUntried ? new OutcomeUnknown() : error
      }
      isUnknown = true
    }
  }
  throw new OutcomeUnknown()
}

/** Exponential backoff with full jitter, so that concurrent writers do not collide again. */
function pauseMs(attempt: number): number {
  return Math.ceil(Math.min(longestPauseMs, firstPauseMs * 2 ** attempt) * chance())
}

function toStep(write: Write): Step {
  const ReturnValuesOnConditionCheckFailure = 'ALL_OLD'
  if ('put' in write) return { Put: { ...write.put, ReturnValuesOnConditionCheckFailure } }
  if ('update' in write) return { Update: { ...write.update, ReturnValuesOnConditionCheckFailure } }
  if ('delete' in write) return { Delete: { ...write.delete, ReturnValuesOnConditionCheckFailure } }
  return { ConditionCheck: { ...write.check, ReturnValuesOnConditionCheckFailure } }
}

/** Returns when nothing was written and another attempt may help; throws what the failure means otherwise. */
function throwUnlessUnwritten(error: unknown, writes: readonly Write[]): void {
  const failure = judgeFailure(error)
  switch (failure.kind) {
    case 'cancelled':
      throwRefusal(failure.reasons, writes)
      return
    case 'unwritten':
      return
    case 'unknown':
      throw Object.assign(new OutcomeUnknown(), { cause: error })
    case 'rejected':
      throw error
  }
}

const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])

/** Throws the first refused condition's error; returns when only passing reasons cancelled it. */
function throwRefusal(reasons: readonly CancellationReason[], writes: readonly Write[]): void {
  const refusedAt = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed')
  if (refusedAt >= 0) throw refusal(writes[refusedAt], reasons[refusedAt]?.Item)
  const wrong = reasons.find(({ Code = 'None' }) => Code !== 'None' && !passing.has(Code))
  if (wrong) throw new InvariantViolation(`The store cancelled: ${wrong.Code}, ${wrong.Message}`)
  if (!reasons.some(({ Code = 'None' }) => passing.has(Code))) {
    throw new InvariantViolation('The store cancelled a transaction and gave no reason.')
  }
}

function refusal(write: Write | undefined, raw: Record<string, AttributeValue> | undefined): Error {
  // The item of a reason is raw even when the document client asked, so it is unmarshalled here.
  const existing = raw && Object.keys(raw).length > 0 ? unmarshallRow(raw) : undefined
  const unexpected = new InvariantViolation('A condition was refused unexpectedly.')
  return write?.refused?.(existing) ?? unexpected
}

function unmarshallRow(raw: Record<string, AttributeValue>): Item {
  return unmarshall(raw, { wrapNumbers: BigInt })
}
