import { formatPrice, formatQuantity, parsePrice, parseQuantity } from '@cnop/kit/money'
import type { RedisConnection } from '@cnop/kit/redis'
import { shareCounts } from '@cnop/kit/shared-counts'
import { z } from 'zod'
import { orderSides } from '../domain/order.ts'
import { mostTrades, type Trade } from '../domain/trade.ts'

type Lists = readonly (readonly Trade[] | undefined)[]

/**
 * The latest trades of each asset, newest first, for everyone to see. The list is a convenience beside the ledger: a trade that
 * could not be added is missing, and nothing that moves money waits for it.
 */
export interface TradeList {
  /** Makes a trade the newest of its asset. Never fails: returns whether it was added. */
  add(trade: Trade): Promise<boolean>
  /** Of several assets at once; undefined where the list cannot be read. */
  read(assetIds: readonly string[]): Promise<Lists>
}

/** In Redis, so that all copies of the service share the lists and a restart keeps them; without it in the memory of the one process. */
export const openTradeList = (redis: Pick<RedisConnection, 'client'> | undefined): TradeList =>
  redis ? createSharedList(redis) : createOwnList()

/** What is done in the past of a demo account is no trade of today. */
export const noTrades: TradeList = {
  add: () => Promise.resolve(false),
  read: (assetIds) => Promise.resolve(assetIds.map(() => [])),
}

/** The lists of assets that nobody trades any more end by themselves. */
const keptSeconds = 30 * 86_400

const listKey = (assetId: string): string => `trades:${assetId}`

function createSharedList(redis: Pick<RedisConnection, 'client'>): TradeList {
  // It knows when Redis is down or hangs, so that not every reader waits for it.
  const shared = shareCounts(redis)
  return {
    add: (trade) =>
      shared.run(
        async (client) => {
          const key = listKey(trade.assetId)
          const adding = client
            .pipeline()
            .lpush(key, write(trade))
            .ltrim(key, 0, mostTrades - 1)
          const results = await adding.expire(key, keptSeconds).exec()
          for (const [error] of results ?? []) if (error) throw error
          return true
        },
        () => false,
      ),
    read: (assetIds) =>
      shared.run<Lists>(
        (client) =>
          Promise.all(
            assetIds.map(async (assetId) => {
              const texts = await client.lrange(listKey(assetId), 0, mostTrades - 1)
              return texts.flatMap((text) => parse(assetId, text))
            }),
          ),
        () => assetIds.map(() => undefined),
      ),
  }
}

/** Only assets of the market are traded, which bounds the number of lists. */
function createOwnList(): TradeList {
  const lists = new Map<string, readonly Trade[]>()
  return {
    add: (trade) => {
      const before = lists.get(trade.assetId) ?? []
      lists.set(trade.assetId, [trade, ...before].slice(0, mostTrades))
      return Promise.resolve(true)
    },
    read: (assetIds) => Promise.resolve(assetIds.map((assetId) => lists.get(assetId) ?? [])),
  }
}

const write = ({ side, price, quantity, executedAt }: Trade): string =>
  JSON.stringify([side, formatPrice(price), formatQuantity(quantity), executedAt])

const written = z.tuple([
  z.enum(orderSides),
  z.string().transform((text) => parsePrice(text)),
  z.string().transform((text) => parseQuantity(text)),
  z.iso.datetime(),
])

/** Of another release, or of another hand, an entry may have another form: it is left out. */
function parse(assetId: string, text: string): Trade[] {
  try {
    const [side, price, quantity, executedAt] = written.parse(JSON.parse(text))
    return [{ assetId, side, price, quantity, executedAt }]
  } catch {
    return []
  }
}
