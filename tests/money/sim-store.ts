import type { Holding } from '@cnop/ledger/account'
import type { AccountStore, Commit, Snapshot } from '@cnop/ledger/account-store'
import { Contention, OutcomeUnknown } from '@cnop/kit/errors'
import type { Random } from './random.ts'
import type { Owner, Schedule } from './schedule.ts'
import { apply } from './sim-commit.ts'
import {
  idOf,
  liveGuard,
  readOrder,
  type OrderRow,
  type OrderWrite,
  type Rows,
  type StoreBugs,
} from './sim-rows.ts'

/** The connection broke during a read: nothing was changed. */
export class StoreSilent extends Error {}

/** A process that uses the store, and may crash meanwhile. */
export interface Client extends Owner {
  readonly crash: () => void
}

type Fate =
  'well' | 'conflict' | 'reply lost' | 'request lost' | 'late' | 'twice' | 'crash' | 'crash, late'

/** Most commits succeed; the others fail in one of several ways. */
const fates: readonly (readonly [Fate, number])[] = [
  ['conflict', 0.04],
  ['reply lost', 0.05],
  ['request lost', 0.04],
  ['late', 0.05],
  ['twice', 0.04],
  ['crash', 0.01],
  ['crash, late', 0.02],
]

function drawFate(random: Random): Fate {
  let point = random.next()
  for (const [fate, share] of fates) {
    if (point < share) return fate
    point -= share
  }
  return 'well'
}

export interface StoreWorld {
  readonly rows: Rows
  readonly random: Random
  readonly schedule: Schedule
  readonly bugs: StoreBugs
}

const unowned: Owner = { isDead: false }

/**
 * The store as one process sees it: rows of a batch may be from different moments, and calls fail in every known way.
 */
export function createSimulatedStore(
  { rows, random, schedule, bugs }: StoreWorld,
  client: Client,
): AccountStore<OrderWrite, string, OrderRow> {
  const silence = async (): Promise<void> => {
    await schedule.turn(client)
    if (random.happens(0.01)) throw new StoreSilent()
  }

  async function arriveLate(commit: Commit<OrderWrite>): Promise<void> {
    const steps = 1 + random.below(12)
    for (let step = 0; step < steps; step += 1) await schedule.turn(unowned)
    tryApply(commit)
  }

  function tryApply(commit: Commit<OrderWrite>): void {
    try {
      apply(rows, bugs, commit)
    } catch {
      // Refused, as expected: no command waits for this reply.
    }
  }

  const meet: Record<Fate, (commit: Commit<OrderWrite>) => void> = {
    well: (commit) => apply(rows, bugs, commit),
    conflict: () => {
      throw new Contention()
    },
    'reply lost': (commit) => {
      tryApply(commit)
      throw new OutcomeUnknown()
    },
    'request lost': () => {
      throw new OutcomeUnknown()
    },
    late: (commit) => {
      void arriveLate(commit)
      throw new OutcomeUnknown()
    },
    twice: (commit) => {
      apply(rows, bugs, commit)
      tryApply(commit)
    },
    crash: () => client.crash(),
    'crash, late': (commit) => {
      void arriveLate(commit)
      client.crash()
    },
  }

  return {
    async read({ username, key, assetIds, reads, nowMs }): Promise<Snapshot<OrderRow>> {
      await silence()
      const isTorn = bugs.tearsReads || random.happens(0.5)
      const longest = bugs.tearsReads ? 24 : 6
      const look = async <T>(row: () => T): Promise<T> => {
        if (isTorn)
          for (let step = random.below(longest); step > 0; step -= 1) await schedule.turn(client)
        return row()
      }
      const [guard, account, holdings, orders] = await Promise.all([
        look(() => liveGuard(rows, bugs, idOf(username, key), nowMs)),
        look(() => rows.accounts.get(username)),
        Promise.all(assetIds.map((id) => look(() => rows.holdings.get(idOf(username, id))))),
        Promise.all(reads.map((id) => look(() => readOrder(rows, id)))),
      ])
      return { guard, account, holdings: holdings.flatMap((row) => row ?? []), rows: orders }
    },

    async readGuard(username, key, nowMs) {
      await silence()
      if (bugs.hidesGuardFromRefusals) return undefined
      return liveGuard(rows, bugs, idOf(username, key), nowMs)
    },

    async readHoldings(username) {
      await silence()
      const ids = [...rows.holdings.keys()].filter((id) => id.startsWith(`${username}/`))
      const found: Holding[] = []
      for (const id of ids) {
        if (random.happens(0.3)) await schedule.turn(client)
        found.push(...[rows.holdings.get(id)].flatMap((row) => row ?? []))
      }
      return found
    },

    async commit(commit) {
      await schedule.turn(client)
      try {
        meet[drawFate(random)](commit)
      } catch (error) {
        const isHidden = error instanceof OutcomeUnknown && bugs.reportsUnknownAsContention
        throw isHidden ? new Contention() : error
      }
      // The reply is delayed; a crashed process never receives it.
      await schedule.turn(client)
    },
  }
}
