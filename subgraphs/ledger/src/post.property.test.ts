import { DomainError } from '@cnop/kit/errors'
import { notional, type Price, type Quantity, quantity, type Usd, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { emptyHolding, type LedgerState, newAccount, totalQuantity } from './account.ts'
import type { JournalEntry } from './chain.ts'
import { compareReplay } from './compare.ts'
import {
  buyEntry,
  cashChange,
  depositEntry,
  type Entry,
  holdAssetEntry,
  holdCashEntry,
  redPocketEntry,
  releaseAssetEntry,
  releaseCashEntry,
  sellEntry,
  withdrawalEntry,
} from './entry.ts'
import { HoldMissing } from './errors.ts'
import { unbalancedAssets } from './invariants.ts'
import { withdrawable } from './pockets.ts'
import { post } from './post.ts'
import { replayEntry, startReplay } from './replay.ts'

const holdMs = 7 * 86_400_000
const limits = {
  deposit: usd('1000000.00'),
  withdrawal: usd('1000000.00'),
  redPocketHoldMs: holdMs,
}
const startMs = Date.parse('2026-01-05T10:00:00.000Z')

/** An attempt; whether it is possible shows when it is posted. */
type Attempt = (state: LedgerState) => Entry

const cents = fc.bigInt({ min: 1n, max: 5_000_000n }).map((value) => value as Usd)
const units = fc.bigInt({ min: 1n, max: 50_000_000_000n }).map((value) => value as Quantity)
const prices = fc.bigInt({ min: 1n, max: 10n ** 15n }).map((value) => value as Price)
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

interface Story {
  state: LedgerState
  readonly entries: JournalEntry[]
  /** The available cash after each of them. */
  readonly cashAfter: Usd[]
}

function toStory(list: readonly Attempt[]): Story {
  const story: Story = { state: fresh, entries: [], cashAfter: [] }
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

/** What the red pockets of a journal brought that were younger than the hold at a moment. */
const onHoldAt = (entries: readonly JournalEntry[], atMs: number): bigint =>
  entries
    .filter(({ kind, createdAt }) => {
      const ageMs = atMs - Date.parse(createdAt)
      return kind === 'RED_POCKET' && ageMs >= 0 && ageMs < holdMs
    })
    .reduce((total, entry) => total + cashChange(entry), 0n)

/** The same where the pockets of one UTC day count as opened with the last of them. */
function onHoldByDayAt(entries: readonly JournalEntry[], atMs: number): bigint {
  const pockets = entries.filter(({ kind }) => kind === 'RED_POCKET')
  const openedAt = new Map(pockets.map(({ createdAt }) => [createdAt.slice(0, 10), createdAt]))
  const dated = pockets.map((pocket) => ({
    ...pocket,
    createdAt: openedAt.get(pocket.createdAt.slice(0, 10)) ?? '',
  }))
  return onHoldAt(dated, atMs)
}

const stories = fc.array(attempts, { minLength: 1, maxLength: 120, size: '+1' }).map(toStory)
const options = { numRuns: 300 }

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('whatever is posted, in whatever order', () => {
  it('keeps every entry balanced', () => {
    fc.assert(
      fc.property(stories, ({ entries }) =>
        entries.every((entry) => unbalancedAssets(entry).length === 0),
      ),
      options,
    )
  })

  it('never leaves anything negative', () => {
    fc.assert(
      fc.property(stories, ({ state: { account, holdings } }) => {
        const amounts = [...holdings.values()].flatMap(({ available, held, costBasis }) => [
          ...[available, held, costBasis],
        ])
        return [account.available, account.held, ...amounts].every((amount) => amount >= 0n)
      }),
      options,
    )
  })

  it('keeps the cost basis between nothing and all that was ever paid, and at nothing for nothing', () => {
    fc.assert(
      fc.property(stories, ({ state, entries }) =>
        [...state.holdings.values()].every((holding) => {
          const buys = entries.filter(
            ({ kind, assetId }) => kind === 'BUY' && assetId === holding.assetId,
          )
          const paid = buys.reduce(
            (sum, buy) =>
              sum - (buy.postings.find(({ assetId }) => assetId === 'USD')?.amount ?? 0n),
            0n,
          )
          const isWithin = holding.costBasis <= paid
          return isWithin && (totalQuantity(holding) > 0n || holding.costBasis === 0n)
        }),
      ),
      options,
    )
  })

  it('sells the whole without leaving dust or cost', () => {
    fc.assert(
      fc.property(stories, prices, ({ state, entries }, at) => {
        for (const holding of state.holdings.values()) {
          const { assetId, available, held } = holding
          if (available === 0n || held > 0n) continue
          const total = notional(at, available, { round: 'down' })
          const sale = {
            assetId,
            quantity: available,
            price: at,
            total,
            fee: usd('0'),
            orderId: 'ord_9',
          }
          const nowMs = startMs + entries.length
          const [after] = post(state, sellEntry(sale), { nowMs, limits, id: 'ent_last' }).holdings
          if (after?.available !== quantity('0') || after.costBasis !== usd('0')) return false
        }
        return true
      }),
      options,
    )
  })

  it('takes no red pocket out before its hold is over', () => {
    let withdrawals = 0
    fc.assert(
      fc.property(stories, ({ entries, cashAfter }) =>
        entries.every((entry, index) => {
          if (entry.kind !== 'WITHDRAWAL') return true
          withdrawals += 1
          const before = entries.slice(0, index)
          return (cashAfter[index] ?? 0n) >= onHoldAt(before, Date.parse(entry.createdAt))
        }),
      ),
      options,
    )
    expect(withdrawals).toBeGreaterThan(100)
  })

  it('lets everything be withdrawn that is not on hold, and nothing more', () => {
    fc.assert(
      fc.property(stories, ({ state, entries }) => {
        const nowMs = Date.parse(entries.at(-1)?.createdAt ?? '') || startMs
        const onHold = onHoldByDayAt(entries, nowMs)
        const { available } = state.account
        const free = available > onHold ? available - onHold : 0n
        if (withdrawable(state.account, holdMs, nowMs).amount !== free) return false
        const fresh = { ...limits, withdrawal: usd('100000000.00') }
        const at = { nowMs, limits: fresh, id: 'ent_last' }
        if (free > 0n) post(state, withdrawalEntry(free as Usd), at)
        if (available === free) return true
        return (
          codeOf(() => post(state, withdrawalEntry((free + 1n) as Usd), at)) ===
          'RED_POCKET_ON_HOLD'
        )
      }),
      options,
    )
  })

  it('equals the state derived from the journal', () => {
    fc.assert(
      fc.property(stories, ({ state, entries }) => {
        const replay = startReplay('alice')
        const wrong = entries.map((entry) => replayEntry(replay, entry))
        // These attempts release holds of other orders as well, so only a hold may be reported.
        if (wrong.some((each) => each && each.kind !== 'WRONG_HOLD')) return false
        const difference = compareReplay(replay, state.account, [...state.holdings.values()])
        return difference === undefined || difference.kind === 'WRONG_HOLD'
      }),
      options,
    )
  })
})
