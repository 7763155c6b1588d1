import { usd } from '@cnop/kit/money'
import type { Account } from '@cnop/ledger/account'
import type { JournalEntry } from '@cnop/ledger/chain'
import { tradedVolume } from '@cnop/ledger/volumes'
import type { Order } from '@cnop/order/domain/order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { type FeeRates, type FeeSchedule, ratesAt } from '@cnop/quotes/fee'
import type { Random } from './random.ts'
import type { PlanBugs } from './sim-plan.ts'
import type { Rows } from './sim-rows.ts'

const tier = (from: string, maker: bigint, taker: bigint) => ({ from: usd(from), maker, taker })

/** Tiers that the accounts of a simulation reach; another schedule may be configured at any time. */
const schedules: readonly FeeSchedule[] = [
  [tier('0', 0n, 0n)],
  [tier('0', 25n, 25n)],
  [tier('0', 10n, 40n), tier('150', 5n, 30n), tier('700', 0n, 10n)],
  [tier('0', 400n, 1_000n), tier('300', 100n, 500n)],
]

export const drawSchedule = (random: Random): FeeSchedule => random.pick(schedules)

/** The rates of an account, as the order service finds them, or as a bug does. */
export function ratesOf(
  { countsOwnValue, ignoresVolume }: PlanBugs,
  account: Account,
  { schedule, nowMs }: { readonly schedule: FeeSchedule; readonly nowMs: number },
): FeeRates {
  const volume = tradedVolume(account, nowMs)
  if (ignoresVolume) return ratesAt(schedule, usd('0'))
  return ratesAt(schedule, countsOwnValue ? ((volume + 10_000n) as typeof volume) : volume)
}

/** An order that fills, with the rates that a bug takes for the agreed ones. */
export function spoilRates(
  { chargesFeeOfNow, makesTakers, takesMakers }: PlanBugs,
  order: Order,
  now: FeeRates,
): Order {
  const { maker, taker } = agreedRates(order)
  if (chargesFeeOfNow)
    return { ...order, feeBasisPoints: now.taker, makerFeeBasisPoints: now.maker }
  if (makesTakers) return { ...order, feeBasisPoints: maker, makerFeeBasisPoints: maker }
  return takesMakers ? { ...order, makerFeeBasisPoints: taker } : order
}

/** Lists the orders whose rates are not those of the volume that the journal shows, and the fills that were charged another fee. */
export function checkFees(rows: Rows, journalOf: (username: string) => JournalEntry[]): string[] {
  return [...rows.accounts.keys()].flatMap((username) => {
    const journal = journalOf(username)
    return [...rows.fees].flatMap(([id, { schedule, rates }]) => {
      const first = journal.findIndex(({ orderId }) => orderId === id)
      if (first === -1) return []
      const last = journal.findLastIndex((entry) => entry.orderId === id && isTrade(entry))
      return (
        checkRates(id, rates, ratesFor(schedule, volumeOf(journal.slice(0, first)))) ??
        checkCharges(
          journal.flatMap((entry, at) =>
            entry.orderId === id && isTrade(entry)
              ? [{ entry, rate: rates[at === first ? 'taker' : roleOf(rows, entry, at === last)] }]
              : [],
          ),
        )
      )
    })
  })
}

const isTrade = ({ kind }: JournalEntry): boolean => kind === 'BUY' || kind === 'SELL'

/** The value of a trade is what the market got or gave for it. */
const valueOf = ({ postings }: JournalEntry): bigint => {
  const moved = postings
    .filter(({ account, assetId }) => account === 'market' && assetId === 'USD')
    .reduce((sum, { amount }) => sum + amount, 0n)
  return moved < 0n ? -moved : moved
}

/** A simulation is shorter than 30 days, so that every trade counts. */
const volumeOf = (journal: readonly JournalEntry[]): bigint =>
  journal.filter(isTrade).reduce((sum, entry) => sum + valueOf(entry), 0n)

function ratesFor(schedule: FeeSchedule, volume: bigint): FeeRates {
  let [rates]: FeeSchedule = schedule
  for (const each of schedule) if (volume >= each.from) rates = each
  return rates
}

function checkRates(id: string, is: FeeRates, should: FeeRates): string[] | undefined {
  if (is.maker === should.maker && is.taker === should.taker) return undefined
  return [`${id} pays ${is.maker}/${is.taker} instead of ${should.maker}/${should.taker}`]
}

/** What an order that waited is when it fills. */
function roleOf({ orders }: Rows, entry: JournalEntry, isLast: boolean): keyof FeeRates {
  const order = orders.get(entry.orderId ?? '')?.record
  if (!order) return 'taker'
  if (order.type === 'LIMIT') return 'maker'
  if (order.type === 'OCO') return takesAtStop(order, entry, isLast) ? 'taker' : 'maker'
  return order.type === 'STOP_LIMIT' && !wasMet(order) ? 'maker' : 'taker'
}

/** The stop of an OCO order takes all that its limit has left, in its last trade; one with a limit is as a stop-limit order from its trigger on. */
function takesAtStop(order: Order, { createdAt }: JournalEntry, isLast: boolean): boolean {
  const { triggeredAt, stopLimitPrice: limitPrice } = order
  if (limitPrice === undefined) return isLast && hasStopped(order)
  return triggeredAt !== undefined && createdAt >= triggeredAt && wasMet({ ...order, limitPrice })
}

const hasStopped = ({ triggerPrice, status }: Order): boolean =>
  triggerPrice !== undefined && status === 'COMPLETED'

/** Whether the price that triggered an order was at its limit or better. */
const wasMet = ({ side, limitPrice, triggerPrice }: Order): boolean => {
  if (limitPrice === undefined || triggerPrice === undefined) return false
  return side === 'BUY' ? triggerPrice <= limitPrice : triggerPrice >= limitPrice
}

interface Charged {
  readonly entry: JournalEntry
  readonly rate: bigint
}

/** The fees of an order sum to that of all that it has traded, rounded once, after each of its trades. */
function checkCharges(trades: readonly Charged[]): string[] {
  let [values, exact, charged] = [0n, 0n, 0n]
  return trades.flatMap(({ entry, rate }) => {
    const { kind, fee = 0n, sequence } = entry
    values += valueOf(entry)
    exact += valueOf(entry) * rate
    const rounded = (exact + 9_999n) / 10_000n
    const should = (kind === 'SELL' && rounded > values ? values : rounded) - charged
    charged += fee
    return fee === should ? [] : [`the fee at ${sequence} is ${fee}, should be ${should}`]
  })
}
