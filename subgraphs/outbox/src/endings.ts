import { activityOf } from '@cnop/kit/activity'
import { type Clock, toIso } from '@cnop/kit/clock'
import type { Store } from '@cnop/kit/dynamo'
import type { Log } from '@cnop/kit/log'
import { queryPage } from '@cnop/kit/read'
import { repeat, type Repeated } from '@cnop/kit/repeat'
import { transact, type Write } from '@cnop/kit/transact'
import { endingKey, endingPk } from './tables.ts'

/** Who has something of an account that ended, in the order in which they clear it: what an order still does may notify. */
const stages = ['order', 'inventory'] as const
export type EndingStage = (typeof stages)[number]

interface Ending {
  readonly username: string
  readonly at: string
}

const putEnding = (table: string, stage: EndingStage, { username, at }: Ending): Write => ({
  put: { TableName: table, Item: { ...endingKey(stage, at, username), username, at } },
})

/** Hands an account that ends to the services that have something of it, for the transaction that ends it. */
export const endingWrite = (table: string, username: string, nowMs: number): Write =>
  putEnding(table, stages[0], { username, at: toIso(nowMs) })

export interface EndingDeps {
  readonly outbox: Store
  readonly log: Log
  readonly now: Clock
}

/** Clears what a service has of an account, a bounded part of it at a time; true once nothing is left. */
export type Clear = (username: string) => Promise<boolean>

/** A call of the last session may still be under way; none lasts this long. */
const graceMs = 120_000
const mostPerRun = 25
const everyMs = 60_000
const restMs = 3_600_000

class EndingGone extends Error {
  override readonly name = 'EndingGone'
}

/** A run clears accounts that have ended, a bounded number, and gives how many are done. */
export type Clearing = Repeated<number>

/**
 * Clears accounts that have ended, again and again. An account is in the store until its service is done with it, and then at the next one, so that a
 * crash loses nothing. Several processes may do so at once: what clears is idempotent, and one of them hands the account on.
 */
export function startClearing(deps: EndingDeps, stage: EndingStage, clear: Clear): Clearing {
  const run = async (): Promise<number> => {
    let done = 0
    try {
      for (const ending of await listEndings(deps, stage)) {
        const isDone = await tryClear(deps, ending, clear)
        if ((await handOn(deps, stage, ending, isDone)) && isDone) done += 1
      }
    } catch (error) {
      recordKept(deps, error)
    }
    return done
  }
  return repeat(run, everyMs, { activity: activityOf(deps.outbox.db), pauseMs: restMs })
}

/** Those that ended first; one that was not done with goes behind the others. */
async function listEndings(
  { outbox: { db, table }, now }: EndingDeps,
  stage: EndingStage,
): Promise<readonly Ending[]> {
  const { items } = await queryPage(db, {
    table,
    pk: endingPk(stage),
    between: ['0', `${toIso(now() - graceMs)}~`],
    limit: mostPerRun,
    newestFirst: false,
  })
  return items.map(({ username, at }) => ({ username: String(username), at: String(at) }))
}

/** One that cannot be cleared does not hold up the others. */
async function tryClear(deps: EndingDeps, { username }: Ending, clear: Clear): Promise<boolean> {
  try {
    return await clear(username)
  } catch (error) {
    recordKept(deps, error, username)
    return false
  }
}

/** To the next service, or, with something left, to the end of the queue; false when another process did so. */
async function handOn(
  { outbox: { db, table }, now }: EndingDeps,
  stage: EndingStage,
  { username, at }: Ending,
  isDone: boolean,
): Promise<boolean> {
  const next = isDone ? stages[stages.indexOf(stage) + 1] : stage
  const leave: Write = {
    delete: {
      TableName: table,
      Key: endingKey(stage, at, username),
      ConditionExpression: 'attribute_exists(pk)',
    },
    refused: () => new EndingGone(),
  }
  const enter = next && putEnding(table, next, { username, at: isDone ? at : toIso(now()) })
  try {
    await transact(db, [leave, ...(enter ? [enter] : [])])
    return true
  } catch (error) {
    if (error instanceof EndingGone) return false
    throw error
  }
}

const recordKept = ({ log }: EndingDeps, error: unknown, user?: string): void =>
  log.warn(
    { action: 'outbox.account_kept', error, ...(user !== undefined && { user }) },
    'What an account that has ended had could not be cleared; it is tried again.',
  )
