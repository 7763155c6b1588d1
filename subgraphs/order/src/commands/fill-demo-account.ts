import { toIso } from '@cnop/kit/clock'
import { demoHistoryMs, type DemoOwner, requireDemoAccount } from '@cnop/kit/demo'
import { DomainError } from '@cnop/kit/errors'
import { IdempotencyKeyReused } from '@cnop/kit/idempotency-key'
import { type NewId, sortableIds } from '@cnop/kit/ids'
import { type Price, priceFromUnits, quantityFromUnits, usd } from '@cnop/kit/money'
import { type Account, earliestNextMs } from '@cnop/ledger/account'
import { readAccount, readEntry, readHolding } from '@cnop/ledger/balances'
import { runCommand } from '@cnop/ledger/command'
import { depositEntry, withdrawalEntry } from '@cnop/ledger/entry'
import { EntryTooLate } from '@cnop/ledger/errors'
import { AssetNotFound } from '@cnop/quotes/errors'
import { quantityFor } from '../domain/order-size.ts'
import type { Deps } from '../deps.ts'
import { type DemoStep, planDemoHistory } from '../domain/demo-history.ts'
import { NoRoomForHistory } from '../domain/errors.ts'
import { countOutcomes } from '../events.ts'
import { noTrades } from '../store/trade-list.ts'
import { placeOrder } from './place-order.ts'

/**
 * Writes the history of a demo account through the commands that write any history, each at the moment and the price of
 * its step, and then places an order that waits. Each step makes one entry, so the journal says where to go on. Returns how
 * many were made by this call: others of the same account may make some of them meanwhile. The history ends where the owner
 * has moved money.
 */
export async function fillDemoAccount(
  deps: Deps,
  owner: DemoOwner,
  signal?: AbortSignal,
): Promise<number> {
  requireDemoAccount(deps.profile, owner)
  const account = await readAccount(deps.ledger, owner.username)
  const openedMs = Date.parse(account.openedAt ?? '')
  if (!(openedMs <= deps.now() - demoHistoryMs)) {
    throw new NoRoomForHistory('was not opened long enough ago')
  }
  const steps = await onlyPriced(deps, planDemoHistory(openedMs))
  if (!(await beginsWith(deps, account, steps[0]))) {
    throw new NoRoomForHistory('moved money of its own')
  }
  return writeOn(deps, account, steps, signal)
}

async function writeOn(
  deps: Deps,
  account: Place,
  steps: readonly Priced[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let made = 0
  let place = account
  while (place.sequence <= BigInt(steps.length) && !signal?.aborted) {
    const step = steps[parseInt(place.sequence.toString(), 10)]
    // The owner has moved something since: what comes after that is no history.
    if (step && step.atMs < earliestNextMs(place)) {
      if (made > 0) break
      throw new NoRoomForHistory('moved money of its own')
    }
    const { isMine, after } = await make(deps, place, step)
    if (isMine) made += 1
    if (after.sequence === place.sequence) break
    place = after
  }
  return made
}

/** Whether the first entry, if there is one, is that of the history. */
async function beginsWith(
  { ledger }: Deps,
  { username, sequence }: Account,
  first: DemoStep | undefined,
): Promise<boolean> {
  if (sequence === 0n) return true
  const entry = await readEntry(ledger, username, 1n)
  return first !== undefined && entry?.createdAt === toIso(first.atMs)
}

/** Where a journal ends. */
type Place = Pick<Account, 'username' | 'sequence' | 'movedAt' | 'day'>

interface Made {
  /** Whether this call made the entry, not another one or the owner. */
  readonly isMine: boolean
  /** Where the journal is known to end then. */
  readonly after: Place
}

/** Makes the next entry: a step of the history, or behind it the order that waits. */
async function make(deps: Deps, place: Place, step: Priced | undefined): Promise<Made> {
  const { username, sequence } = place
  const own = new Set<string>()
  const noted =
    (newId: NewId): NewId =>
    (prefix) => {
      const id = newId(prefix)
      own.add(id)
      return id
    }
  try {
    const id = step
      ? await take(at(deps, step, noted), username, { ...step, key: `demo-history-${sequence}` })
      : await placeWaiting({ ...deps, newId: noted(deps.newId) }, username)
    if (own.has(id)) return { isMine: true, after: { ...place, sequence: sequence + 1n } }
  } catch (error) {
    // Another movement was faster if the journal is longer now. Whatever else refuses a step is the answer.
    if (!(error instanceof EntryTooLate || error instanceof DomainError)) throw error
    const after = await readAccount(deps.ledger, username)
    if (after.sequence === sequence && !(error instanceof IdempotencyKeyReused)) throw error
    return { isMine: false, after }
  }
  return { isMine: false, after: await readAccount(deps.ledger, username) }
}

type Priced = DemoStep & { readonly price: Price | undefined }

/** A market without a past has nothing that could have been bought. */
async function onlyPriced(
  { candles }: Pick<Deps, 'candles'>,
  steps: readonly DemoStep[],
): Promise<readonly Priced[]> {
  const priced = await Promise.all(
    steps.map(async (step): Promise<Priced> => {
      if (!('assetId' in step)) return { ...step, price: undefined }
      const { assetId, atMs } = step
      const query = { assetId, interval: '1m', fromMs: atMs - 60_000, toMs: atMs } as const
      return { ...step, price: (await candles.readTimedCloses(query)).at(-1)?.price }
    }),
  )
  const isPriced = priced.every((step) => !('assetId' in step) || step.price !== undefined)
  return isPriced ? priced : priced.filter((step) => !('assetId' in step))
}

/** The dependencies as they were at a step. What was done then is no news now, so it is neither counted nor published. */
function at(deps: Deps, step: Priced, noted: (newId: NewId) => NewId): Deps {
  const now = () => step.atMs
  const newId = noted(sortableIds(now))
  const { ledger, quotes } = deps
  const limits = { ...ledger.limits, deposit: usd('10000.00'), withdrawal: usd('10000.00') }
  return {
    ...deps,
    now,
    newId,
    outcomes: countOutcomes(),
    trades: noTrades,
    ledger: { ...ledger, now, newId, limits, bus: undefined, isDated: true },
    quotes: {
      ...quotes,
      current: async (assetId) => {
        const quote = await quotes.current(assetId)
        const { price } = step
        return quote && price !== undefined
          ? { ...quote, price, quotedAt: toIso(step.atMs), isActive: true, haltedSince: undefined }
          : undefined
      },
    },
  }
}

/** Gives the id of the order, or of the entry, that the step has made or that another call has made. */
async function take(
  deps: Deps,
  username: string,
  step: Priced & { readonly key: string },
): Promise<string> {
  const { key, kind } = step
  if (kind === 'BUY' || kind === 'SELL') {
    const { assetId } = step
    const size =
      kind === 'BUY'
        ? { quoteAmount: step.amount }
        : { quantity: await shareOf(deps, { username, assetId }, step.percent) }
    const input = { key, side: kind, type: 'MARKET', assetId, ...size } as const
    return (await placeOrder(deps, { username }, input)).id
  }
  const { amount } = step
  const entry = kind === 'DEPOSIT' ? depositEntry(amount) : withdrawalEntry(amount)
  const command = { username, key, name: 'demoCash', input: { amount } }
  return runCommand(deps.ledger, command, () => ({ entry, result: (change) => change.entry.id }))
}

async function shareOf(
  { ledger }: Pick<Deps, 'ledger'>,
  { username, assetId }: { readonly username: string; readonly assetId: string },
  percent: bigint,
) {
  const holding = await readHolding(ledger, username, assetId)
  return quantityFromUnits(((holding?.available ?? 0n) * percent) / 100n)
}

const waiting = { assetId: 'BTC', quoteAmount: usd('500.00'), percentOfMarket: 92n } as const
const cent = 10_000_000_000n

/** An order of today that waits below the market, for about this amount and its fee. */
async function placeWaiting(deps: Deps, username: string): Promise<string> {
  const { assetId, quoteAmount, percentOfMarket } = waiting
  const quote = await deps.quotes.current(assetId)
  if (!quote) throw new AssetNotFound(assetId)
  const below = (quote.price * percentOfMarket) / 100n
  const limitPrice = priceFromUnits(below - (below % cent))
  const sizing = { side: 'BUY', feeBasisPoints: 0n, quoteAmount } as const
  const priceFor = () => limitPrice
  const quantity = quantityFor({ ...sizing, priceFor, available: quantityFromUnits(0n) })
  const order = { side: 'BUY', type: 'LIMIT', assetId, quantity, limitPrice } as const
  return (await placeOrder(deps, { username }, { key: 'demo-waiting-order', ...order })).id
}
