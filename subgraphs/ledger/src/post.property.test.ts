import { notional, quantity, type Usd, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { totalQuantity } from './account.ts'
import type { JournalEntry } from './chain.ts'
import { compareReplay } from './compare.ts'
import { cashChange, sellEntry, withdrawalEntry } from './entry.ts'
import { unbalancedAssets } from './invariants.ts'
import { mostLots, packLots, sumLots, unpackLots } from './lots.ts'
import { withdrawable } from './pockets.ts'
import { post } from './post.ts'
import { replayEntry, startReplay } from './replay.ts'
import { holdMs, limits, prices, startMs, stories } from './testing/stories.ts'

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

  it('keeps lots that sum to the holding, to the unit and to the cent', () => {
    let sales = 0
    fc.assert(
      fc.property(stories, ({ state, entries }) => {
        for (const { kind, lots = '', quantity: moved } of entries) {
          const isTrade = kind === 'BUY' || kind === 'SELL'
          if (isTrade !== (lots !== '')) return false
          if (isTrade && sumLots(unpackLots(lots)).quantity !== moved) return false
          if (kind === 'SELL') sales += 1
        }
        return [...state.holdings.values()].every((holding) => {
          const lots = unpackLots(holding.lots)
          const { quantity: units, basis } = sumLots(lots)
          const isSum = units === totalQuantity(holding) && basis === holding.costBasis
          return isSum && lots.length <= mostLots && packLots(lots) === holding.lots
        })
      }),
      options,
    )
    expect(sales).toBeGreaterThan(100)
  })

  it('gives what was paid back in parts, and not a cent more or less', () => {
    fc.assert(
      fc.property(stories, ({ state, entries }) =>
        [...state.holdings.values()].every(({ assetId, costBasis }) => {
          const of = (wanted: string) =>
            entries
              .filter(({ kind, assetId: id }) => kind === wanted && id === assetId)
              .reduce((sum, { lots = '' }) => sum + sumLots(unpackLots(lots)).basis, 0n)
          return of('BUY') - of('SELL') === costBasis
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
