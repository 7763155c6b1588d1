import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { activityOf } from '@cnop/kit/activity'
import type { EventBus } from '@cnop/kit/bus'
import { type Clock, toIso } from '@cnop/kit/clock'
import { readItem } from '@cnop/kit/read'
import { repeat } from '@cnop/kit/repeat'
import { ledgerClosed } from '@cnop/schema/events'
import { z } from 'zod'
import type { LedgerPlace } from './balances.ts'
import type { LedgerDeps } from './command.ts'
import { switchKey } from './keys.ts'
import { processState } from './process-state.ts'

/** Why the ledger is closed, and since when. */
export interface ClosedLedger {
  readonly reason: string
  readonly closedAt: string
}

const usualIntervalMs = 1_000
const restMs = 300_000
const row = z.object({ reason: z.string(), closedAt: z.string() })

/** The state of the switch for all processes; undefined while the ledger is open. */
export async function readSwitch({ db, table }: LedgerPlace): Promise<ClosedLedger | undefined> {
  const item = await readItem(db, table, switchKey)
  return item && row.parse(item)
}

/** Reopens the ledger in every process, after an operator has repaired what closed it. */
export async function reopenLedger({ db, table }: LedgerPlace): Promise<void> {
  await db.documents.send(new DeleteCommand({ TableName: table, Key: switchKey }))
}

/** Closes the ledger in every process, unless it is closed. */
export async function closeForAll(
  place: LedgerPlace & { readonly now: Clock },
  reason: string,
): Promise<ClosedLedger> {
  const closed = await readSwitch(place)
  if (closed) return closed
  const closing = { reason, closedAt: toIso(place.now()) }
  await writeSwitch(place, closing)
  return closing
}

async function writeSwitch({ db, table }: LedgerPlace, closed: ClosedLedger): Promise<void> {
  const Item = { ...switchKey, ...closed }
  await db.documents.send(new PutCommand({ TableName: table, Item }))
}

export interface LedgerSwitch {
  /** Compares the switch with this process now. */
  look(): Promise<void>
  stop(): Promise<void>
}

type Deps = Pick<LedgerDeps, 'db' | 'table' | 'now' | 'log'> & { readonly bus: EventBus }

/**
 * Synchronises this process with the shared switch: a violation in any process closes the ledger in all of them. The row
 * is authoritative and is polled every second; a message on the bus reduces the delay.
 */
export async function followSwitch(
  deps: Deps,
  intervalMs = usualIntervalMs,
): Promise<LedgerSwitch> {
  const follower = createFollower(deps)
  let running = Promise.resolve()
  const look = (): Promise<void> => (running = running.then(follower.look))
  const stopHearingGate = follower.gate.onClose((violation) => {
    follower.noteViolation(violation)
    void look()
  })
  const unsubscribe = await deps.bus.subscribe(ledgerClosed, () => void look())
  // A command is a request or the fill of a waiting order: neither runs before an idle process has looked again.
  const rest = { activity: activityOf(deps.db), pauseMs: restMs, isAwaited: true }
  const polling = repeat(look, intervalMs, rest)
  await look()
  return {
    look,
    stop: async () => {
      stopHearingGate()
      unsubscribe()
      await polling.stop()
      await running
    },
  }
}

function createFollower(deps: Deps) {
  const { gate } = processState(deps.db)
  let violation = 'The ledger was closed in one process.'
  /** The row was present since this process closed; once it is gone, an operator has removed it. */
  let isKnownToAll = false
  let isBlind = false

  const compare = async (): Promise<void> => {
    const closed = await readSwitch(deps)
    if (closed) {
      isKnownToAll = true
      if (gate.isClosed()) return
      deps.log.error({ action: 'ledger_read_only', extra: closed }, 'The ledger is read-only now.')
      gate.close(new Error(closed.reason))
    } else if (gate.isClosed() && isKnownToAll) {
      isKnownToAll = false
      gate.open()
      deps.log.warn({ action: 'ledger_reopened' }, 'The ledger accepts changes again.')
    } else if (gate.isClosed()) {
      const closing = { reason: violation, closedAt: toIso(deps.now()) }
      await writeSwitch(deps, closing)
      isKnownToAll = true
      await deps.bus.publish(ledgerClosed, closing)
    }
  }
  return {
    gate,
    noteViolation: ({ message }: Error): void => {
      violation = message
    },
    /** While the store does not answer, this process keeps its state. */
    look: async (): Promise<void> => {
      try {
        await compare()
        isBlind = false
      } catch (error) {
        if (!isBlind)
          deps.log.warn(
            { action: 'ledger_switch_unread', error },
            'The ledger switch could not be read.',
          )
        isBlind = true
      }
    },
  }
}
