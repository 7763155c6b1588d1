import { DomainError } from '@cnop/kit/errors'
import { notional, type Price, type Quantity, type Usd, usd } from '@cnop/kit/money'
import fc from 'fast-check'
import { emptyHolding, type LedgerState, newAccount } from '../account.ts'
import type { JournalEntry } from '../chain.ts'
import {
  buyEntry,
  depositEntry,
  type Entry,
  redPocketEntry,
  sellEntry,
  withdrawalEntry,
} from '../entry.ts'
import { HoldMissing } from '../errors.ts'
import {
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
} from '../hold-entries.ts'
import { type LotMethod, lotMethods } from '../lots.ts'
import { post } from '../post.ts'

export const holdMs = 7 * 86_400_000
export const limits = {
  deposit: usd('1000000.00'),
  withdrawal: usd('1000000.00'),
  redPocketHoldMs: holdMs,
}
export const startMs = Date.parse('2026-01-05T10:00:00.000Z')

/** An attempt; whether it is possible shows when it is posted. */
type Attempt = (state: LedgerState) => Entry

const cents = fc.bigInt({ min: 1n, max: 5_000_000n }).map((value) => value as Usd)
const units = fc.bigInt({ min: 1n, max: 50_000_000_000n }).map((value) => value as Quantity)
export const prices = fc.bigInt({ min: 1n, max: 10n ** 15n }).map((value) => value as Price)
const fees = fc.bigInt({ min: 0n, max: 99n }).map((value) => value as Usd)
const assets = fc.constantFrom('BTC', 'ETH')
const orderIds = fc.constantFrom('ord_1', 'ord_2', 'ord_3')
const trades = fc.tuple(assets, units, prices, fees, orderIds)

const cost = (at: Price, amount: Quantity, fee: Usd): Usd =>
  (notional(at, amount, { round: 'up' }) + fee) as Usd

const wholeOf = (state: LedgerState, assetId: string, other: Quantity): Quantity => {
  const available = state.holdings.get(assetId)?.available ?? 0n
  return available > 0n ? (available as Quantity) : other
}

const attempts: fc.Arbitrary<Attempt> = fc.oneof(
  cents.map((amount) => () => depositEntry(amount)),
  cents.map((amount) => () => withdrawalEntry(amount)),
  // A part of what is there, or all of it and some cents more or less.
  fc
    .tuple(fc.bigInt({ min: 1n, max: 100n }), fc.bigInt({ min: -3n, max: 3n }))
    .map(([percent, more]) => ({ account: { available } }: LedgerState) => {
      const amount = (available * percent) / 100n + more
      return withdrawalEntry((amount > 0n ? amount : 1n) as Usd)
    }),
  cents.map((amount) => () => redPocketEntry(amount)),
  trades.map(([assetId, bought, at, fee, orderId]) => () => {
    const total = cost(at, bought, fee)
    return buyEntry({ assetId, quantity: bought, price: at, total, fee, orderId })
  }),
  fc
    .tuple(trades, fc.boolean())
    .map(([[assetId, asked, at, , orderId], isWhole]) => (state: LedgerState) => {
      const sold = isWhole ? wholeOf(state, assetId, asked) : asked
      const total = notional(at, sold, { round: 'down' })
      return sellEntry({ assetId, quantity: sold, price: at, total, fee: usd('0'), orderId })
    }),
  fc.tuple(cents, assets, orderIds, fc.boolean()).map(
    ([amount, assetId, orderId, isRelease]) =>
      () =>
        isRelease
          ? releaseCashEntry({ amount, assetId, orderId })
          : holdCashEntry({ amount, assetId, orderId }),
  ),
  fc.tuple(units, assets, orderIds, fc.boolean()).map(
    ([amount, assetId, orderId, isRelease]) =>
      () =>
        isRelease
          ? releaseAssetEntry({ quantity: amount, assetId, orderId })
          : holdAssetEntry({ quantity: amount, assetId, orderId }),
  ),
)

const fresh: LedgerState = {
  account: newAccount('alice'),
  holdings: new Map(['BTC', 'ETH'].map((assetId) => [assetId, emptyHolding(assetId)])),
}

export interface Story {
  state: LedgerState
  readonly entries: JournalEntry[]
  /** The available cash after each of them. */
  readonly cashAfter: Usd[]
}

function toStory(list: readonly Attempt[], lotMethod: LotMethod): Story {
  const account = { ...fresh.account, lotMethod }
  const story: Story = { state: { ...fresh, account }, entries: [], cashAfter: [] }
  for (const [index, attempt] of list.entries()) {
    // Eight hours apart: within a sequence, red pockets are opened, become free and are dropped.
    const nowMs = startMs + index * 8 * 3_600_000
    try {
      const entry = attempt(story.state)
      const change = post(story.state, entry, { nowMs, limits, id: `ent_${index}` })
      const holdings = new Map(story.state.holdings)
      for (const holding of change.holdings) holdings.set(holding.assetId, holding)
      story.state = { account: change.account, holdings }
      story.entries.push(change.entry)
      story.cashAfter.push(change.account.available)
    } catch (error) {
      if (!(error instanceof DomainError) && !(error instanceof HoldMissing)) throw error
    }
  }
  return story
}

/** Attempts in a row, and what became of them: those that were refused leave nothing. */
export const stories = fc
  .tuple(
    fc.array(attempts, { minLength: 1, maxLength: 160, size: '+1' }),
    fc.constantFrom(...lotMethods),
  )
  .map(([list, lotMethod]) => toStory(list, lotMethod))
