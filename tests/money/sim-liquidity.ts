import { type Price, type Quantity, usd } from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { Order } from '@cnop/order/domain/order'
import { type Book, bookOf, type Level } from '@cnop/quotes/liquidity'
import type { Random } from './random.ts'
import type { PlanBugs } from './sim-plan.ts'
import type { Rows } from './sim-rows.ts'

interface Drawn {
  readonly price: Price
  readonly book: Book
}

/** A market around a price: with no, a narrow or a wide spread, and with so little depth that orders go through several levels. */
export function drawBook(random: Random, price: Price): Drawn {
  const spread = random.pick([0n, 10n, 500n])
  const depth = random.happens(0.3) ? undefined : random.pick([usd('0.50'), usd('40')])
  const moment = { assetId: 'BTC', category: 'MAJOR', quotedAt: '', price } as const
  return { price, book: bookOf({ spread, depth }, moment) }
}

const bestOnly = (levels: readonly Level[]): readonly Level[] =>
  levels.slice(0, 1).map((level) => ({ ...level, quantity: undefined }))

const longer = (levels: readonly Level[]): readonly Level[] =>
  levels.map((level, place) =>
    place > 0 || level.quantity === undefined
      ? level
      : { ...level, quantity: (level.quantity * 3n) as Quantity },
  )

/** The market as a bug sees it. */
export function spoilBook(bugs: PlanBugs, { bids, asks }: Book): Book {
  if (bugs.swapsSides) return { bids: asks, asks: bids }
  if (bugs.ignoresDepth) return { bids: bestOnly(bids), asks: bestOnly(asks) }
  return bugs.stretchesBestLevel ? { bids: longer(bids), asks: longer(asks) } : { bids, asks }
}

/** Lists the trades at another average than that of the levels which they went through, and those beyond the limit of their order. */
export function checkPrices({ entries, markets, orders }: Rows): string[] {
  const trades = [...entries.values()].filter(({ kind }) => kind === 'BUY' || kind === 'SELL')
  return trades.flatMap((entry) => {
    const book = markets.get(entry.orderId ?? '')
    const order = orders.get(entry.orderId ?? '')?.record
    return book ? (checkAverage(entry, book) ?? checkLimit(entry, order) ?? []) : []
  })
}

function checkAverage(entry: JournalEntry, { asks, bids }: Book): string | undefined {
  const { kind, quantity = 0n, price, sequence } = entry
  const [low, high] = averageOf(kind === 'BUY' ? asks : bids, quantity)
  const should = kind === 'BUY' ? high : low
  return price === should ? undefined : `the trade at ${sequence} is at ${price}, not ${should}`
}

/** A limit binds a fill, but for that of an OCO order whose stop was triggered. */
function checkLimit(entry: JournalEntry, order: Order | undefined): string | undefined {
  const { kind, price = 0n, sequence } = entry
  const { type, limitPrice, triggeredAt } = order ?? {}
  if (limitPrice === undefined || (type === 'OCO' && triggeredAt !== undefined)) return undefined
  const isWithin = kind === 'BUY' ? price <= limitPrice : price >= limitPrice
  return isWithin ? undefined : `the trade at ${sequence} is beyond the limit of its order`
}

/** The average price of a quantity by where each level begins and ends, rounded down and up. */
function averageOf(levels: readonly Level[], quantity: bigint): readonly [bigint, bigint] {
  let [from, value] = [0n, 0n]
  for (const { price, quantity: size } of levels) {
    const end = size === undefined ? quantity : from + size
    const until = end < quantity ? end : quantity
    if (until > from) value += (until - from) * price
    from = end
  }
  const [down, rest] = [value / quantity, value % quantity]
  return [down, rest > 0n ? down + 1n : down]
}
