import { type Price, type Usd, usdFromCents } from '@cnop/kit/money'
import type { Json } from '@cnop/kit/canonical-json'
import type { Entry } from '@cnop/ledger/entry'
import type { Decide, Decision } from '@cnop/ledger/protocol'
import type { Order } from '@cnop/order/domain/order'
import type { FeeSchedule } from '@cnop/quotes/fee'
import type { Book } from '@cnop/quotes/liquidity'
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
  readonly trailsBackwards?: boolean
  readonly forgetsDistance?: boolean
  readonly shrinksTrailHold?: boolean
  readonly leavesExitsBehind?: boolean
  readonly ignoresStopLimit?: boolean
  readonly fillsForNothing?: boolean
  readonly holdsLimitOfOco?: boolean
  readonly holdsBothSides?: boolean
  readonly keepsOcoOpen?: boolean
  readonly losesExit?: boolean
  readonly holdsNothingForExit?: boolean
  readonly sellsMoreThanBought?: boolean
  readonly opensExitOfCancelled?: boolean
  readonly runsTwiceAtClockChange?: boolean
  readonly losesRun?: boolean
  readonly recordsSkippedAsBought?: boolean
  readonly countsOwnValue?: boolean
  readonly ignoresVolume?: boolean
  readonly takesMakers?: boolean
  readonly makesTakers?: boolean
  readonly chargesFeeOfNow?: boolean
  readonly holdsMakerFee?: boolean
  readonly swapsSides?: boolean
  readonly ignoresDepth?: boolean
  readonly stretchesBestLevel?: boolean
  readonly ignoresLimit?: boolean
  readonly releasesHoldOfRest?: boolean
  readonly roundsPartFees?: boolean
  readonly roundsPartValues?: boolean
  readonly forgetsTakenDepth?: boolean
  readonly countsNoDepth?: boolean
  readonly opensWholeExit?: boolean
  readonly losesGrowth?: boolean
  readonly opensSecondSale?: boolean
  readonly endsSaleOfCancelled?: boolean
  readonly forgetsReplacedSale?: boolean
  readonly sellsFilledOfOco?: boolean
  readonly endsOcoByPart?: boolean
  readonly holdsLimitOfOcoRest?: boolean
  readonly keepsHoldOfRestOfIoc?: boolean
  readonly releasesFilled?: boolean
}

/** A market at the moment when it was quoted. */
export interface Tick {
  readonly price: Price
  readonly schedule: FeeSchedule
  readonly book: Book
  readonly quotedAt: string
}

export interface Planner {
  readonly random: Random
  readonly bugs: PlanBugs
  readonly usernames: readonly string[]
  readonly newKey: () => string
  readonly orders: () => readonly OrderRow[]
  readonly now: () => number
  /** The order that a part of may fill just now: another change of it races with the fill. */
  readonly filling: { order?: Order | undefined }
  /** The last market of each asset: several orders of an account trade in one. */
  readonly ticks: Map<string, Tick>
}

export type Draw = Pick<Plan, 'name' | 'decide'> & Partial<Plan>

/** When a simulation begins: the year ends early in it. */
export const startMs = Date.parse('2025-12-31T23:30:00.000Z')

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
