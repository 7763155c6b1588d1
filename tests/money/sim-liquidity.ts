import { type Price, price, type Quantity, usd } from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { Order } from '@cnop/order/domain/order'
import { type Book, bookOf, type Level, type LiquidityRules } from '@cnop/quotes/liquidity'
import type { Random } from './random.ts'
import type { PlanBugs } from './sim-plan.ts'
import type { Rows, Traded } from './sim-rows.ts'

export interface Drawn {
  readonly price: Price
  readonly book: Book
}

const bookAt = (price: Price, rules: LiquidityRules): Drawn => {
  const moment = { assetId: 'BTC', category: 'MAJOR', quotedAt: '', price } as const
  return { price, book: bookOf(rules, moment) }
}

/** A price of some dollars with a long fraction. */
export const drawPrice = (random: Random): Price =>
  price(`${5 + random.below(10)}.${random.below(1_000_000)}7`)

/** A market around a price: with no, a narrow or a wide spread, and with so little depth that orders go through several levels. */
export function drawMarket(random: Random, at = drawPrice(random)): Drawn {
  const spread = random.pick([0n, 10n, 500n])
  const depth = random.happens(0.3) ? undefined : random.pick([usd('0.50'), usd('40')])
  return bookAt(at, { spread, depth })
}

/** One whose levels are far apart and small, so that orders at a limit fill in part. */
export const drawShallow = (random: Random, at = drawPrice(random)): Drawn =>
  bookAt(at, { spread: 500n, depth: random.pick([usd('0.50'), usd('3')]) })

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

/** What an account has taken of a side of a market, at the latest tick in which it has traded there. */
interface Used {
  readonly quotedAt: string
  readonly quantity: bigint
}

/**
 * Lists the trades at another average than that of the levels which they went through, and those beyond the limit of their order. What an
 * account has taken at a tick, or at a later one, is not there for its next order.
 */
export function checkPrices({ entries, markets, orders }: Rows): string[] {
  const counts = new Map<string, number>()
  const used = new Map<string, Used>()
  const trades = [...entries.values()]
    .filter(({ kind }) => kind === 'BUY' || kind === 'SELL')
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
  return trades.flatMap((entry) => {
    const id = entry.orderId ?? ''
    const number = counts.get(id) ?? 0
    counts.set(id, number + 1)
    const market = markets.get(id)?.[number]
    if (!market) return []
    const from = take(used, entry, market)
    return checkAverage(entry, market.book, from) ?? checkLimit(entry, orders.get(id)?.record) ?? []
  })
}

/** Counts a trade, and returns how much was taken before it. */
function take(used: Map<string, Used>, entry: JournalEntry, { book, quotedAt }: Traded): bigint {
  const { username, assetId, kind, quantity = 0n } = entry
  const [best] = kind === 'BUY' ? book.asks : book.bids
  if (quotedAt === undefined || best?.quantity === undefined) return 0n
  const id = `${username} ${assetId} ${kind}`
  const known = used.get(id)
  const isOver = known === undefined || known.quotedAt < quotedAt
  const before = isOver ? { quotedAt, quantity: 0n } : known
  used.set(id, { ...before, quantity: before.quantity + quantity })
  return before.quantity
}

function checkAverage(entry: JournalEntry, { asks, bids }: Book, from: bigint): string | undefined {
  const { kind, quantity = 0n, price, sequence } = entry
  const [low, high] = averageOf(kind === 'BUY' ? asks : bids, { from, quantity })
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

interface Stretch {
  readonly from: bigint
  readonly quantity: bigint
}

/** The average price of a stretch of a side by where each level begins and ends, rounded down and up. */
function averageOf(
  levels: readonly Level[],
  { from, quantity }: Stretch,
): readonly [bigint, bigint] {
  const to = from + quantity
  let [start, value] = [0n, 0n]
  for (const { price, quantity: size } of levels) {
    const end = size === undefined && start < to ? to : start + (size ?? 0n)
    const [first, last] = [start > from ? start : from, end < to ? end : to]
    if (last > first) value += (last - first) * price
    start = end
  }
  const [down, rest] = [value / quantity, value % quantity]
  return [down, rest > 0n ? down + 1n : down]
}
