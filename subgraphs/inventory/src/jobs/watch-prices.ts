import { activityOf } from '@cnop/kit/activity'
import type { Key } from '@cnop/kit/dynamo'
import { price as parsePrice, type Price } from '@cnop/kit/money'
import { repeat } from '@cnop/kit/repeat'
import { learnWaiting, relearnAfterGap } from '@cnop/quotes/learn-waiting'
import {
  isReached,
  keepNearestWaiting,
  type NearestWaiting,
  oppositeOf,
  type WaitingPrice,
  type WaitingSide,
} from '@cnop/quotes/nearest-waiting'
import { isTraded, type Quote } from '@cnop/quotes/quote'
import {
  keepSeenPrices,
  rangeOf,
  type SeenPrice,
  type SeenPrices,
  type SeenRange,
} from '@cnop/quotes/seen-prices'
import { keepTicks } from '@cnop/quotes/tick-queue'
import { priceAlertsWaiting } from '@cnop/schema/events'
import { meetPriceAlert } from '../commands/close-price-alert.ts'
import type { Deps } from '../deps.ts'
import {
  alertDirections,
  highestPrice,
  isMet,
  lowestPrice,
  type PriceAlert,
  waitOf,
} from '../domain/price-alert.ts'
import { announceWatchFailure } from '../events.ts'
import { listAllWaiting, listWaiting } from '../store/alerts.ts'
import { endWaiting, isDelisted, mostPerTurn, tryClose } from './end-alerts.ts'

export type WatchDeps = Pick<
  Deps,
  'store' | 'outbox' | 'quotes' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'
>

export interface PriceWatch {
  /** Also checks prices that no tick delivered: those of the time without a running process. */
  checkPast(quote: Quote, range: SeenRange): void
  /** Whether any alert of the asset may be waiting. */
  isWaitedFor(assetId: string): boolean
  /** Resolves when every tick received so far has been processed. */
  settled(): Promise<void>
  close(): Promise<void>
}

const rowsPerRead = 25
/** While nothing waits, there is no alert whose asset could be delisted. */
const restMs = 300_000
/** Up to this many alerts per partition, one read covers all sides; above it, each side is read separately. */
const rowsPerShard = 200

/**
 * Fires alerts as prices tick, and ends those whose asset was delisted. A halted asset fires nothing. Any number of processes may run it: an alert is closed on condition that it is active,
 * together with its notification, so it closes once. Nothing is kept that a restart could lose.
 */
export async function watchPrices(
  deps: WatchDeps,
  { refreshMs }: { readonly refreshMs: number },
): Promise<PriceWatch> {
  const activity = activityOf(deps.store.db)
  const edges = keepNearestWaiting(deps.now, refreshMs)
  const memory: Memory = { edges, seen: keepSeenPrices(), unsettled: new Set() }
  const queue = keepTicks((quote) =>
    isDelisted(quote)
      ? endWaiting(deps, edges, quote.assetId)
      : lookAt(deps, memory, quote.assetId),
  )
  const onTick = (quotes: readonly Quote[]): void => {
    const traded = quotes.filter(isTraded)
    for (const quote of traded) memory.seen.note(quote.assetId, rangeOf(quote))
    queue.add([...traded, ...quotes.filter(isDelisted)])
  }
  const unsubscribe = await deps.bus.subscribe(priceAlertsWaiting, {
    onMessage: ({ price, ...side }) => {
      edges.note(side, parsePrice(price))
      void activity.wake()
      // The price may have moved while the alert was written, and a market that ticks rarely does not repeat it soon.
      void deps.quotes.current(side.assetId).then((quote) => {
        if (quote) onTick([quote])
      })
    },
    onGap: relearnAfterGap(edges, activity),
  })
  const read = () => readWaiting(deps)
  const learning = await learnWaiting({ edges, activity, refreshMs, read })
  const stopTicks = deps.quotes.onTick(onTick)
  // What happened before this process subscribed shows in the current prices.
  onTick(await deps.quotes.all())
  // A delisted asset has no ticks, and an alert may be created after its last one.
  const lookForDelisted = async () => queue.add((await deps.quotes.all()).filter(isDelisted))
  const delisted = repeat(lookForDelisted, refreshMs, { activity, pauseMs: restMs })
  return {
    checkPast: (quote, range) => {
      memory.seen.note(quote.assetId, range)
      onTick([quote])
    },
    isWaitedFor: (assetId) =>
      edges.mayTrigger({ assetId, direction: 'ABOVE' }, highestPrice) ||
      edges.mayTrigger({ assetId, direction: 'BELOW' }, lowestPrice),
    settled: queue.settled,
    close: async () => {
      await Promise.all([delisted.stop(), learning.stop()])
      stopTicks()
      unsubscribe()
      await queue.close()
    },
  }
}

/** Undefined when there is too much to read in one call. */
async function readWaiting(deps: WatchDeps): Promise<readonly WaitingPrice[] | undefined> {
  try {
    const alerts = await listAllWaiting(deps.store, rowsPerShard)
    return alerts?.map((alert) => ({ assetId: alert.assetId, ...waitOf(alert) }))
  } catch (error) {
    announceWatchFailure(deps.log, error)
    return undefined
  }
}

interface Memory {
  readonly edges: NearestWaiting
  readonly seen: SeenPrices
  /** Sides on which the outcome of a change is not known: the alert may have left for the other side, where nobody knows of it. */
  readonly unsettled: Set<string>
}

/** Fires and re-arms what an asset's prices since the last look have reached; true when there is more to look at now. */
async function lookAt(deps: WatchDeps, memory: Memory, assetId: string): Promise<boolean> {
  const range = memory.seen.take(assetId)
  if (!range) return false
  const looks: Look[] = []
  for (const direction of alertDirections) {
    const extreme = (direction === 'ABOVE' ? range.highest : range.lowest).price
    const side = { assetId, direction }
    if (!memory.unsettled.has(nameOf(side)) && !memory.edges.mayTrigger(side, extreme)) continue
    looks.push(await fireSide(deps, memory, { side, extreme, range }))
  }
  const hasMore = looks.some((look) => look.hasMore)
  // What was not looked at completely is looked at again with the same prices, now or at the next tick.
  if (hasMore || looks.some((look) => look.hasFailed)) memory.seen.note(assetId, range)
  return hasMore
}

const nameOf = ({ assetId, direction }: WaitingSide): string => `${assetId}#${direction}`

interface SideTick {
  readonly side: WaitingSide
  /** The price that reaches most. */
  readonly extreme: Price
  readonly range: SeenRange
}

interface Look {
  readonly hasMore: boolean
  readonly hasFailed: boolean
}

async function fireSide(deps: WatchDeps, memory: Memory, tick: SideTick): Promise<Look> {
  const { edges, unsettled } = memory
  const { side } = tick
  const learn = edges.startRead(side)
  try {
    const { nearest, hasMore, hasFailed } = await fireReached(deps, edges, tick)
    learn(nearest)
    if (hasFailed) unsettled.add(nameOf(side))
    const isSettled = !hasFailed && unsettled.delete(nameOf(side))
    // Only now is it known whether an alert has left, so that a read of the other side cannot miss it.
    if (isSettled) edges.forget({ ...side, direction: oppositeOf(side.direction) })
    return { hasMore: hasMore || isSettled, hasFailed }
  } catch (error) {
    learn(undefined)
    edges.forget(side)
    unsettled.add(nameOf(side))
    announceWatchFailure(deps.log, error, side.assetId)
    return { hasMore: false, hasFailed: true }
  }
}

interface Fired extends Look {
  /** The first price that still waits: none is reached sooner. */
  readonly nearest: Price | undefined
}

async function fireReached(
  deps: WatchDeps,
  edges: NearestWaiting,
  { side, extreme, range }: SideTick,
): Promise<Fired> {
  const left: Price[] = []
  const outcomes: Outcome[] = []
  const look = () => ({
    hasMore: outcomes.includes('moved'),
    hasFailed: outcomes.includes('failed'),
  })
  let [after, last]: [Key | undefined, Price | undefined] = [undefined, undefined]
  for (let seen = 0; seen < mostPerTurn; seen += rowsPerRead) {
    const page = await listWaiting(deps.store, { side, limit: rowsPerRead, after })
    for (const alert of page.alerts) {
      const { price } = waitOf(alert)
      const isOut = !isReached(side.direction, price, extreme)
      if (isOut) return { nearest: left[0] ?? price, ...look() }
      const outcome = await tryFire(deps, edges, alert, pricesFor(alert, side, range))
      outcomes.push(outcome)
      if (outcome === 'waits' || outcome === 'failed') left.push(price)
      last = price
    }
    after = page.last
    if (!after) return { nearest: left[0], ...look() }
  }
  // Whatever comes behind the last one that was seen is reached no sooner.
  return { nearest: left[0] ?? last, ...look(), hasMore: left.length < outcomes.length }
}

/** What an alert is compared with. One that repeats may be crossed several times, so it follows the prices in their order. */
function pricesFor(
  { repeat }: PriceAlert,
  { direction }: WaitingSide,
  { highest, lowest, turns, latest }: SeenRange,
): readonly SeenPrice[] {
  return repeat ? [...turns, latest] : [direction === 'ABOVE' ? highest : lowest, latest, ...turns]
}

/** `moved`: it waits on the other side of its asset now, where later ones of the same prices may reach it. */
type Outcome = 'fired' | 'moved' | 'waits' | 'failed'

async function tryFire(
  deps: WatchDeps,
  edges: NearestWaiting,
  alert: PriceAlert,
  prices: readonly SeenPrice[],
): Promise<Outcome> {
  const met = prices.find((price) => isMet(alert, price))
  if (!met) return 'waits'
  const moved: PriceAlert[] = []
  const outcome = await tryClose(deps, alert, async () => {
    const { alert: next, isByThis } = await meetPriceAlert(deps, alert, met)
    if (next.status !== 'ACTIVE') return
    const { direction, price } = waitOf(next)
    edges.note({ assetId: next.assetId, direction }, price)
    if (isByThis) moved.push(next)
  })
  return moved.length > 0 ? 'moved' : outcome
}
