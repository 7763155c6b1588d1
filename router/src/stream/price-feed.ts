import { performance } from 'node:perf_hooks'
import type { EventBus, Unsubscribe } from '@cnop/kit/bus'
import { type MessageOf, quotesTicked, tradesAdded } from '@cnop/schema/events'
import { toRefusal, Refusal } from '../errors/refusal.ts'
import type { Feed, Stream } from './feed.ts'
import { createGroups, type PriceGroup } from './price-groups.ts'
import { createPriceMemory, type PriceMemory, readTick, type ReadPrice } from './price-memory.ts'
import type { Pace } from './pace.ts'
import type { ReadAs } from './read-as.ts'
import { createReread, type Reread } from './reread.ts'

/** The most assets that one stream follows. */
const mostIds = 250
const ticker = /^[A-Za-z0-9]{1,10}$/

/** The tickers of a stream, in upper case, without duplicates; refuses malformed ones. */
function readPriceIds(values: Readonly<Record<string, unknown>>): readonly string[] {
  const given = values['ids'] as readonly string[]
  if (given.length === 0 || given.length > mostIds) {
    throw badIds(`must be 1 to ${mostIds} tickers`)
  }
  if (!given.every((id) => ticker.test(id))) {
    throw badIds('must be tickers of 1 to 10 letters or digits')
  }
  return [...new Set(given.map((id) => id.toUpperCase()))]
}

/** Refuses tickers that no asset has. */
function assertKnown(ids: readonly string[], known: ReadonlySet<string>): void {
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0) throw badIds(`no asset has the ticker ${unknown.slice(0, 5).join(', ')}`)
}

const badIds = (reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `ids: ${reason}`, { details: { field: 'ids', reason } })

/** The shortest time between two events of one asset. */
const pauseMs = 200

interface ReadAssets {
  readonly assets: {
    readonly nodes: readonly {
      readonly id: string
      readonly isActive: boolean
      readonly haltedSince: string | null
      readonly quote: { readonly price: string; readonly quotedAt: string } | null
      readonly marketData: { readonly changePercent24h: number | null } | null
    }[]
  }
}

interface Parts {
  readonly bus: EventBus
  readonly readAs: ReadAs
  readonly pace: Pace
}

/** Throttles: runs at once after a pause, and otherwise at the end of the pause. */
function createFlusher(flush: () => void) {
  let flushedAt = -Infinity
  let timer: NodeJS.Timeout | undefined
  const run = (): void => {
    timer = undefined
    flushedAt = performance.now()
    flush()
  }
  return {
    soon: (): void => {
      if (timer) return
      const waitMs = flushedAt + pauseMs - performance.now()
      if (waitMs <= 0) run()
      else timer = setTimeout(run, waitMs).unref()
    },
    stop: (): void => clearTimeout(timer),
  }
}

type Read = (stream: Stream, ids: readonly string[]) => Promise<void>

const createRead =
  (readAs: ReadAs, memory: PriceMemory): Read =>
  async ({ context }, ids) => {
    const variables = { ids, first: ids.length }
    const { assets } = await readAs<ReadAssets>(context, 'StreamPrices', variables)
    assertKnown(ids, new Set(assets.nodes.map(({ id }) => id)))
    memory.learn(assets.nodes.flatMap(toPrice))
  }

/** Rereads the prices of a group as one of its members, and sends all of them a snapshot. */
function createRenewal(read: Read, pace: Pace): (group: PriceGroup) => void {
  const rereads = new WeakMap<PriceGroup, Reread>()
  return (group) => {
    const reread =
      rereads.get(group) ??
      createReread({
        read: async () => {
          const [stream] = group.streams()
          if (stream) await read(stream, group.ids)
        },
        pace,
        take: () => group.renew(),
        giveUp: (error) => {
          for (const stream of group.streams()) stream.fail(toRefusal(error, stream.context.log))
        },
      })
    rereads.set(group, reread)
    reread.renew()
  }
}

interface Listeners {
  readonly onTick: (message: MessageOf<typeof quotesTicked>) => void
  readonly onTrade: (message: MessageOf<typeof tradesAdded>) => void
  readonly onGap: () => void
}

/** A mark that was missed is followed by that of the next trade, so only prices are read again after a gap. */
async function listen(bus: EventBus, { onTick, onTrade, onGap }: Listeners): Promise<Unsubscribe> {
  const ends = [
    await bus.subscribe(quotesTicked, { onMessage: onTick, onGap }),
    await bus.subscribe(tradesAdded, onTrade),
  ]
  return () => ends.forEach((end) => end())
}

/**
 * Live prices. A tick is unpacked once, an asset's price is serialised once per selection, and streams of the same
 * assets share the whole event except its number.
 */
export async function openPriceFeed({ bus, readAs, pace }: Parts): Promise<Feed> {
  const memory = createPriceMemory()
  const dirty = new Set<string>()
  const groups = createGroups(memory)
  const flusher = createFlusher(() => {
    for (const group of groups.all()) group.publish(dirty)
    dirty.clear()
  })
  const read = createRead(readAs, memory)
  const renewGroup = createRenewal(read, pace)
  const renew = (): void => {
    for (const group of groups.all()) renewGroup(group)
  }
  const publish = (assetIds: readonly string[]): void => {
    for (const assetId of assetIds) dirty.add(assetId)
    if (dirty.size > 0) flusher.soon()
  }
  const unsubscribe = await listen(bus, {
    onTick: (message) => {
      if (groups.size() > 0) publish(memory.learn(readTick(message)))
    },
    onTrade: ({ assetId, mark }) => {
      if (groups.size() > 0 && memory.mark(assetId, mark)) publish([assetId])
    },
    onGap: renew,
  })

  return {
    follow: async (stream) => {
      const ids = readPriceIds(stream.subscription.values)
      // A member of the group receives ticks at once, so that nothing is missed during the reading.
      const member = groups.join(stream, ids)
      try {
        await read(stream, ids)
      } catch (error) {
        member.leave()
        throw error
      }
      return {
        flush: () => {
          if (member.flush()) flusher.soon()
        },
        leave: () => member.leave(),
      }
    },
    renew,
    close: () => {
      flusher.stop()
      unsubscribe()
    },
  }
}

function toPrice(asset: ReadAssets['assets']['nodes'][number]): ReadPrice[] {
  const { id, quote, marketData, isActive, haltedSince } = asset
  if (!quote) return []
  const { price, quotedAt } = quote
  const changePercent24h = marketData?.changePercent24h ?? null
  return [{ assetId: id, price, quotedAt, changePercent24h, isActive, haltedSince }]
}
