import { type Usd, usdFromCents } from '@cnop/kit/money'
import type { Json } from '@cnop/kit/canonical-json'
import type { Entry } from '@cnop/ledger/entry'
import type { Decide, Decision } from '@cnop/ledger/protocol'
import type { Random } from './random.ts'
import type { OrderRow, OrderWrite } from './sim-rows.ts'

export interface Receipt {
  readonly entryId: string
}

/** A command that a user will send, possibly several times. */
export interface Plan {
  readonly username: string
  readonly key: string
  readonly name: string
  readonly input: Json
  readonly assetIds: readonly string[]
  readonly reads: readonly string[]
  readonly decide: Decide<Receipt, OrderWrite, OrderRow>
  /** Other clients may send the same key independently. */
  readonly isShared: boolean
}

/** The effect of an injected bug on the decisions. */
export interface PlanBugs {
  readonly sizesWithoutFee?: boolean
  readonly sellsForNothing?: boolean
  readonly roundsBuysDown?: boolean
  readonly roundsSalesUp?: boolean
  readonly keepsUnusedHold?: boolean
  readonly forgetsRelease?: boolean
  readonly ignoresUsedName?: boolean
  readonly keepsHoldOfIoc?: boolean
  readonly letsIocWait?: boolean
  readonly freesReplacedTwice?: boolean
  readonly keepsReplacedHold?: boolean
  readonly leavesReplacedOpen?: boolean
  readonly losesReplacement?: boolean
  readonly triggersOnWrongSide?: boolean
  readonly holdsStopPriceOnly?: boolean
  readonly fillsBeyondHold?: boolean
  readonly fillsUntriggered?: boolean
}

export interface Planner {
  readonly random: Random
  readonly bugs: PlanBugs
  readonly usernames: readonly string[]
  readonly newKey: () => string
  readonly orders: () => readonly OrderRow[]
  readonly now: () => number
}

export type Draw = Pick<Plan, 'name' | 'decide'> & Partial<Plan>

export const assetIds = ['BTC', 'ETH'] as const

/** Without an entry no money moves; the receipt is empty then. */
export const decided = (
  entry: Entry | undefined,
  cause: readonly OrderWrite[] = [],
): Decision<Receipt, OrderWrite> =>
  entry === undefined
    ? { entry, cause, result: { entryId: '' } }
    : { entry, cause, result: (change) => ({ entryId: change.entry.id }) }

export const drawUsd = (random: Random, mostCents: number): Usd =>
  usdFromCents(BigInt(1 + random.below(mostCents)))
