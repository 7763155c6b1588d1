import { toIso, utcDay } from '@cnop/kit/clock'
import { demoHistoryMs, requireDemoAccount } from '@cnop/kit/demo'
import type { Actor } from '@cnop/kit/identity'
import { sortableIds } from '@cnop/kit/ids'
import { type Price, priceFromUnits, quantityFromUnits, usd } from '@cnop/kit/money'
import { readAccount, readHolding } from '@cnop/ledger/balances'
import { runCommand } from '@cnop/ledger/command'
import { depositEntry, withdrawalEntry } from '@cnop/ledger/entry'
import { EntryTooLate } from '@cnop/ledger/errors'
import { AssetNotFound } from '@cnop/quotes/errors'
import { quantityFor } from '../domain/order-size.ts'
import type { Deps } from '../deps.ts'
import { type DemoStep, planDemoHistory } from '../domain/demo-history.ts'
import { countOutcomes } from '../events.ts'
import { noTrades } from '../store/trade-list.ts'
import { placeOrder } from './place-order.ts'

type Owner = Pick<Actor, 'username'>

/**
 * Writes the history of a demo account through the commands that write any history, each at the moment and the price of
 * its step, and then places an order that waits. Each step makes one entry, so the journal says where to go on. Returns how many were made.
 */
export async function fillDemoAccount(
  deps: Deps,
  { username }: Owner,
  signal?: AbortSignal,
): Promise<number> {
  requireDemoAccount(deps.profile, username)
  const { openedAt = '', sequence, day } = await readAccount(deps.ledger, username)
  const openedMs = Date.parse(openedAt)
  if (!(openedMs <= deps.now() - demoHistoryMs)) return 0
  const steps = await onlyPriced(deps, planDemoHistory(openedMs))
  let made = 0
  for (const [place, step] of steps.entries()) {
    if (BigInt(place) < sequence) continue
    // The owner has moved something since: what comes after that is no history.
    if (signal?.aborted || day > utcDay(step.atMs)) return made
    const key = `demo-history-${place}`
    if (!(await tryTake(at(deps, step), username, { ...step, key }))) return made
    made += 1
  }
  if (sequence > BigInt(steps.length)) return made
  await placeWaiting(deps, username)
  return made + 1
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
function at(deps: Deps, step: Priced): Deps {
  const now = () => step.atMs
  const newId = sortableIds(now)
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

/** False when the owner has moved something meanwhile. */
async function tryTake(...[deps, username, step]: Parameters<typeof take>): Promise<boolean> {
  try {
    await take(deps, username, step)
    return true
  } catch (error) {
    if (error instanceof EntryTooLate) return false
    throw error
  }
}

async function take(
  deps: Deps,
  username: string,
  step: Priced & { readonly key: string },
): Promise<void> {
  const { key, kind } = step
  if (kind === 'BUY' || kind === 'SELL') {
    const { assetId } = step
    const size =
      kind === 'BUY'
        ? { quoteAmount: step.amount }
        : { quantity: await shareOf(deps, { username, assetId }, step.percent) }
    await placeOrder(deps, { username }, { key, side: kind, type: 'MARKET', assetId, ...size })
    return
  }
  const { amount } = step
  const entry = kind === 'DEPOSIT' ? depositEntry(amount) : withdrawalEntry(amount)
  const command = { username, key, name: 'demoCash', input: { amount } }
  await runCommand(deps.ledger, command, () => ({ entry, result: {} }))
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
async function placeWaiting(deps: Deps, username: string): Promise<void> {
  const { assetId, quoteAmount, percentOfMarket } = waiting
  const quote = await deps.quotes.current(assetId)
  if (!quote) throw new AssetNotFound(assetId)
  const below = (quote.price * percentOfMarket) / 100n
  const limitPrice = priceFromUnits(below - (below % cent))
  const sizing = { side: 'BUY', feeBasisPoints: 0n, quoteAmount } as const
  const priceFor = () => limitPrice
  const quantity = quantityFor({ ...sizing, priceFor, available: quantityFromUnits(0n) })
  const order = { side: 'BUY', type: 'LIMIT', assetId, quantity, limitPrice } as const
  await placeOrder(deps, { username }, { key: 'demo-waiting-order', ...order })
}
