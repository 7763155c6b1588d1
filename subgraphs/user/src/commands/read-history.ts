import { addQuantity, averagePrice, type Price, priceFromUnits } from '@cnop/kit/money'
import { type Holding, postedCash, totalQuantity } from '@cnop/ledger/account'
import { readJournal, readSettled } from '@cnop/ledger/balances'
import type { TimedPrice } from '@cnop/quotes/candles'
import { Contention } from '@cnop/kit/errors'
import type { Deps } from '../deps.ts'
import {
  type EquityPoint,
  type HistoryRange,
  historyRanges,
  momentsOf,
  type PriceAt,
  type Rewind,
  startRewind,
  valuePossessions,
} from '../domain/equity.ts'

/** How many entries one history looks at; a busier account's history begins later. */
const mostEntries = 50_000

type Source = Pick<Deps, 'ledger' | 'candles' | 'now'>

/** What a portfolio was worth over time: the journal taken back from today, valued at the prices of each moment. */
export async function readHistory(
  deps: Source,
  username: string,
  range: HistoryRange,
): Promise<readonly EquityPoint[]> {
  const settled = await readSettled(deps.ledger, username)
  if (!settled) throw new Contention()
  const { account, holdings } = settled
  const nowMs = deps.now()
  const quantities = new Map(
    holdings.map((holding) => [holding.assetId, addQuantity(holding.available, holding.held)]),
  )
  const rewind = startRewind({ cash: postedCash(account), quantities }, momentsOf(range, nowMs))
  await rewindJournal(deps, rewind, { username, through: account.sequence, range, nowMs })
  const priceAt = await readPrices(deps, rewind, { range, nowMs, holdings })
  return valuePossessions(rewind.possessions, priceAt)
}

interface Stretch {
  readonly username: string
  readonly through: bigint
  readonly range: HistoryRange
  readonly nowMs: number
}

async function rewindJournal(
  { ledger }: Source,
  rewind: Rewind,
  { username, through, range, nowMs }: Stretch,
): Promise<void> {
  const startMs = nowMs - historyRanges[range].lengthMs
  let examined = 0
  for await (const entry of readJournal(ledger, username, { through, newestFirst: true })) {
    rewind.undo(entry)
    examined += 1
    if (Date.parse(entry.createdAt) < startMs || examined >= mostEntries) return
  }
  // The journal ends here, with the account: before its first entry nothing is noted but the present moment.
  if (examined === 0) rewind.finish(nowMs)
}

interface Valuation {
  readonly range: HistoryRange
  readonly nowMs: number
  readonly holdings: readonly Holding[]
}

/** Reads the past prices of everything that was owned. Where the market has none, the latest trade's price stands in. */
async function readPrices(
  { candles }: Source,
  { possessions, tradePrices }: Rewind,
  { range, nowMs, holdings }: Valuation,
): Promise<PriceAt> {
  const oldestMs = possessions.at(-1)?.atMs ?? nowMs
  const { interval, stepMs } = historyRanges[range]
  const assetIds = new Set(possessions.flatMap(({ quantities }) => [...quantities.keys()]))
  const costs = new Map(
    holdings.map((holding) => [
      holding.assetId,
      averagePrice(holding.costBasis, totalQuantity(holding)),
    ]),
  )
  const prices = new Map<string, (atMs: number) => Price>()
  for (const assetId of assetIds) {
    const query = { assetId, interval, fromMs: oldestMs - stepMs, toMs: nowMs }
    const otherwise = tradePrices.get(assetId) ?? costs.get(assetId) ?? priceFromUnits(0n)
    prices.set(assetId, priceFinder(await candles.readTimedCloses(query), otherwise))
  }
  return (assetId, atMs) => prices.get(assetId)?.(atMs) ?? priceFromUnits(0n)
}

/** The last known price at a moment. Moments are asked for in their order. */
function priceFinder(known: readonly TimedPrice[], otherwise: Price): (atMs: number) => Price {
  let next = 0
  let last = known[0]?.price ?? otherwise
  return (atMs) => {
    for (let point = known[next]; point && point.atMs <= atMs; point = known[next]) {
      last = point.price
      next += 1
    }
    return last
  }
}
