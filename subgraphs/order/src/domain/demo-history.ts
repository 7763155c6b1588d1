import { type Usd, usd } from '@cnop/kit/money'
import type { OrderSide } from './order.ts'

type Movement = 'DEPOSIT' | 'WITHDRAWAL'

/** One movement of the history of a demo account. */
export type DemoStep = { readonly atMs: number } & (
  | { readonly kind: Movement; readonly amount: Usd }
  | { readonly kind: 'BUY'; readonly assetId: string; readonly amount: Usd }
  | { readonly kind: 'SELL'; readonly assetId: string; readonly percent: bigint }
)

/** Day, kind, and for how much; a sale is a share of what is held. Sales are not needed to pay for what is bought. */
type Row =
  | readonly [day: number, kind: Movement, dollars: string]
  | readonly [day: number, kind: OrderSide, size: string, assetId: string]

const rows: readonly Row[] = [
  [0, 'DEPOSIT', '10000.00'],
  [0, 'BUY', '2500.00', 'BTC'],
  [1, 'BUY', '1500.00', 'ETH'],
  [3, 'BUY', '800.00', 'SOL'],
  [6, 'BUY', '600.00', 'BNB'],
  [9, 'BUY', '400.00', 'ADA'],
  [12, 'SELL', '30', 'SOL'],
  [15, 'BUY', '500.00', 'LINK'],
  [18, 'BUY', '250.00', 'DOGE'],
  [21, 'SELL', '25', 'ETH'],
  [24, 'BUY', '400.00', 'AVAX'],
  [27, 'BUY', '750.00', 'BTC'],
  [30, 'DEPOSIT', '5000.00'],
  [31, 'BUY', '900.00', 'ETH'],
  [34, 'SELL', '100', 'DOGE'],
  [37, 'BUY', '500.00', 'XRP'],
  [40, 'BUY', '350.00', 'DOT'],
  [43, 'SELL', '50', 'BNB'],
  [46, 'BUY', '700.00', 'SOL'],
  [49, 'BUY', '300.00', 'LTC'],
  [52, 'SELL', '60', 'ADA'],
  [55, 'BUY', '300.00', 'NEAR'],
  [58, 'SELL', '50', 'LINK'],
  [60, 'DEPOSIT', '2500.00'],
  [61, 'BUY', '1000.00', 'BTC'],
  [64, 'BUY', '250.00', 'UNI'],
  [67, 'SELL', '100', 'AVAX'],
  [70, 'BUY', '500.00', 'ETH'],
  [73, 'WITHDRAWAL', '1000.00'],
  [76, 'SELL', '15', 'BTC'],
  [79, 'BUY', '300.00', 'AAVE'],
  [82, 'BUY', '400.00', 'SOL'],
  [85, 'SELL', '40', 'XRP'],
  [87, 'BUY', '500.00', 'BTC'],
  [88, 'BUY', '300.00', 'LINK'],
]

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The hours of a day differ; two movements of one day keep their order. */
const hourOf = (place: number): number => (place * 7) % 19

/** The history of an account that was opened at this moment, oldest first. It ends before yesterday does. */
export const planDemoHistory = (openedMs: number): readonly DemoStep[] =>
  rows.map((row, place): DemoStep => {
    const [day, , size] = row
    const atMs = openedMs + day * dayMs + hourOf(place) * hourMs
    if (row[1] === 'BUY') return { atMs, kind: 'BUY', assetId: row[3], amount: usd(size) }
    if (row[1] === 'SELL') return { atMs, kind: 'SELL', assetId: row[3], percent: BigInt(size) }
    return { atMs, kind: row[1], amount: usd(size) }
  })
