import { config } from '../config.ts'
import { PriceTicksDocument, type PriceTicksSubscription } from '../generated/graphql.ts'
import type { OpenStream, StreamState } from './stream.ts'
import { mostIds } from './stream-share.ts'

export type LivePrice = {
  readonly price: string
  readonly quotedAt: string
  readonly changePercent24h: number | null
  readonly isActive: boolean
  readonly haltedSince: string | null
  /** Another one with every trade of the platform; null before the first that the stream has heard of. */
  readonly tradesMark: string | null
}

/** `delayed` means that the stream is open, but the market has missed ticks. */
type PriceFeedState = StreamState | 'delayed'

/** Current prices, stored outside the cache: a tick renders only the cells that show its asset. */
export type PriceFeed = {
  /** Subscribes to the prices of these assets until the returned function is called. */
  readonly want: (ids: readonly string[]) => () => void
  readonly read: (assetId: string) => LivePrice | undefined
  readonly subscribe: (assetId: string, listener: () => void) => () => void
  /** All prices; the same map until one of them changes. */
  readonly readTable: () => ReadonlyMap<string, LivePrice>
  readonly subscribeTable: (listener: () => void) => () => void
  readonly getState: () => PriceFeedState
  /** When the last event arrived. */
  readonly heardAtMs: () => number
  readonly subscribeState: (listener: () => void) => () => void
}

/** A new page subscribes in several steps, which are collected for this long. */
const settleMs = 60

type Listeners = Map<string, Set<() => void>>

function addListener(listeners: Listeners, key: string, listener: () => void): () => void {
  const set = listeners.get(key) ?? new Set()
  listeners.set(key, set.add(listener))
  return () => {
    set.delete(listener)
    if (set.size === 0) listeners.delete(key)
  }
}

/** The subscribed assets, without duplicates. */
function createWants(onChange: () => void) {
  const counts = new Map<string, number>()
  const add = (id: string, change: 1 | -1) => {
    const count = (counts.get(id) ?? 0) + change
    if (count > 0) counts.set(id, count)
    else counts.delete(id)
  }
  return {
    list: () => [...counts.keys()].sort().slice(0, mostIds),
    want: (ids: readonly string[]) => {
      ids.forEach((id) => add(id, 1))
      onChange()
      return () => {
        ids.forEach((id) => add(id, -1))
        onChange()
      }
    },
  }
}

/** A halted or delisted asset keeps its price and its time, and a trade is no tick: the rest can be new all the same. */
function isNews(known: LivePrice | undefined, next: LivePrice): boolean {
  if (!known || known.quotedAt < next.quotedAt) return true
  if (known.quotedAt > next.quotedAt) return false
  return (
    known.isActive !== next.isActive ||
    known.haltedSince !== next.haltedSince ||
    known.tradesMark !== next.tradesMark
  )
}

/**
 * Learns from the stream how often the market ticks, and reports when it is late. Until it has seen two ticks in a row,
 * silence means nothing: some markets tick once a minute.
 */
function createPulse(onLate: () => void) {
  let gaps: readonly number[] = []
  let heardAtMs = Date.now()
  let tickedAtMs: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const usualGap = () => gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]
  return {
    heardAtMs: () => heardAtMs,
    /** A snapshot comes with a connection, not with a tick. */
    hear: (isSnapshot: boolean, isTrading: boolean) => {
      clearTimeout(timer)
      heardAtMs = Date.now()
      if (!isSnapshot && tickedAtMs !== undefined) {
        gaps = [...gaps, heardAtMs - tickedAtMs].slice(-5)
      }
      tickedAtMs = isSnapshot ? undefined : heardAtMs
      const gap = usualGap()
      if (isTrading && gap !== undefined) {
        timer = setTimeout(onLate, Math.max(config.pricesLateMs, 3 * gap))
      }
    },
    stop: () => clearTimeout(timer),
  }
}

/** All prices so far as one snapshot, with which another tab begins. */
function addUp(
  { prices: known }: PriceTicksSubscription,
  { prices: next }: PriceTicksSubscription,
) {
  const all = new Map([...known.prices, ...next.prices].map((price) => [price.assetId, price]))
  return { prices: { ...known, prices: [...all.values()] } }
}

const isTraded = ({ isActive, haltedSince }: LivePrice): boolean => isActive && haltedSince === null

export function createPriceFeed(open: OpenStream): PriceFeed {
  const latest = new Map<string, LivePrice>()
  const listeners: Listeners = new Map()
  const stateListeners = new Set<() => void>()
  const tableListeners = new Set<() => void>()
  let table: ReadonlyMap<string, LivePrice> = new Map()
  let state: PriceFeedState = 'connecting'
  let streamed: readonly string[] = []
  let close: (() => void) | undefined
  let openedAtMs = 0
  let settling: ReturnType<typeof setTimeout> | undefined

  const setState = (next: PriceFeedState) => {
    if (next === 'down') pulse.stop()
    state = next
    stateListeners.forEach((listener) => listener())
  }
  const pulse = createPulse(() => setState('delayed'))
  const publishTable = () => {
    table = new Map(latest)
    tableListeners.forEach((listener) => listener())
  }
  const take = ({ prices }: PriceTicksSubscription) => {
    const changed: string[] = []
    let isTick = prices.isSnapshot
    // A stream that tabs share has assets of other pages.
    const here = prices.prices.filter(({ assetId }) => streamed.includes(assetId))
    for (const {
      assetId,
      price,
      quotedAt,
      changePercent24h,
      isActive,
      haltedSince,
      tradesMark,
    } of here) {
      const next = { price, quotedAt, changePercent24h, isActive, haltedSince, tradesMark }
      const known = latest.get(assetId)
      if (!isNews(known, next)) continue
      isTick ||= known === undefined || known.quotedAt < quotedAt
      latest.set(assetId, next)
      changed.push(assetId)
    }
    // Trades say nothing of how often the market ticks.
    if (isTick) pulse.hear(prices.isSnapshot, [...latest.values()].some(isTraded))
    if (state === 'delayed') setState('live')
    if (changed.length === 0) return
    for (const assetId of changed) listeners.get(assetId)?.forEach((listener) => listener())
    publishTable()
  }
  const reopen = () => {
    const ids = wants.list()
    if (ids.join() === streamed.join()) return
    streamed = ids
    close?.()
    close = undefined
    pulse.stop()
    for (const id of latest.keys()) if (!ids.includes(id)) latest.delete(id)
    publishTable()
    if (ids.length === 0) return
    openedAtMs = Date.now()
    close = open(
      {
        ...{ document: PriceTicksDocument, ids, isPersonal: false },
        merge: (snapshot, event) =>
          addUp(snapshot as PriceTicksSubscription, event as PriceTicksSubscription),
      },
      { onEvent: (data) => take(data as PriceTicksSubscription), onState: setState },
    )
  }
  const wants = createWants(() => {
    clearTimeout(settling)
    const ids = wants.list()
    const isMore = close !== undefined && streamed.every((id) => ids.includes(id))
    const restMs = isMore ? openedAtMs + config.pricesGrowMs - Date.now() : 0
    settling = setTimeout(reopen, Math.max(settleMs, restMs))
  })
  return {
    want: wants.want,
    read: (assetId) => latest.get(assetId),
    subscribe: (assetId, listener) => addListener(listeners, assetId, listener),
    readTable: () => table,
    subscribeTable: (listener) => {
      tableListeners.add(listener)
      return () => tableListeners.delete(listener)
    },
    getState: () => state,
    heardAtMs: pulse.heardAtMs,
    subscribeState: (listener) => {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
  }
}
