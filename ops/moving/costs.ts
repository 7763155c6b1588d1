import {
  formatUsd,
  notional,
  type Price,
  priceScale,
  type Quantity,
  type Usd,
  usdFromCents,
  usdScale,
} from '@cnop/kit/money'
import type { readTrade } from './legacy-row.ts'

/** What the history of a user says about the balances. The old system stored no cost of a holding. */
export interface Costs {
  addTrade(trade: ReturnType<typeof readTrade>): void
  /** A movement of cash, in 1e-12 dollars. */
  addMovement(amount: bigint): void
  /** What a holding cost: its quantity at the average price of all purchases; without any, at today's price. */
  of(
    holding: { readonly assetId: string; readonly quantity: Quantity },
    prices: ReadonlyMap<string, Price>,
    note: (what: string) => void,
  ): Usd
  /** Notes a balance that is not the sum of its movements, as partial writes of the old system leave it. */
  compare(cash: Usd, note: (what: string) => void): void
}

const perCent = 10n ** BigInt(priceScale - usdScale)

export function createCosts(): Costs {
  const bought = new Map<string, { quantity: bigint; total: bigint }>()
  let moved = 0n
  let movements = 0
  return {
    addTrade: ({ assetId, isBuy, quantity, total }) => {
      const sum = bought.get(assetId) ?? { quantity: 0n, total: 0n }
      if (!isBuy || quantity <= 0n || total <= 0n) return
      bought.set(assetId, { quantity: sum.quantity + quantity, total: sum.total + total })
    },
    addMovement: (amount) => {
      moved += amount
      movements += 1
    },
    of: ({ assetId, quantity }, prices, note) => {
      const sum = bought.get(assetId)
      const atLeastACent = (cents: bigint): Usd => usdFromCents(cents > 0n ? cents : 1n)
      if (sum) return atLeastACent((quantity * sum.total) / sum.quantity / perCent)
      note(`${assetId} has no purchase in the export: its cost is its value at today's price.`)
      const price = prices.get(assetId) ?? (0n as Price)
      return atLeastACent(notional(price, quantity, { round: 'down' }))
    },
    compare: (cash, note) => {
      const sum = usdFromCents(moved / perCent)
      // Fractions of a cent of each movement may add up to this.
      const tolerance = BigInt(movements) + 1n
      const difference = cash - sum
      if (movements === 0 || (difference < tolerance && difference > -tolerance)) return
      note(`The balance is ${formatUsd(cash)}, but its movements add up to ${formatUsd(sum)}.`)
    },
  }
}
