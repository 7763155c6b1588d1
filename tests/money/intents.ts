import type { Random } from './random.ts'

/** A command of a customer. Amounts and quantities are unique, so that each can be found in the journal. */
export type Intent =
  | { readonly kind: 'deposit' | 'withdraw'; readonly key: string; readonly amount: string }
  | { readonly kind: 'order'; readonly key: string; readonly input: OrderTerms }
  | { readonly kind: 'cancel'; readonly orderId: string }
  | { readonly kind: 'claim'; readonly key: string }

export interface OrderTerms {
  readonly side: 'BUY' | 'SELL'
  readonly type: 'MARKET' | 'LIMIT'
  readonly assetId: string
  readonly quantity: string
  readonly limitPrice?: string
}

export type Prices = ReadonlyMap<string, number>

const kinds = ['deposit', 'withdraw', 'buy', 'sell', 'limit', 'limit', 'cancel', 'claim'] as const

/** Draws the next command of a customer. The serial number makes keys, amounts and quantities unique. */
export function drawIntent(
  random: Random,
  { serial, prices, openOrders }: { serial: number; prices: Prices; openOrders: readonly string[] },
): Intent {
  const key = `chaos-${String(serial).padStart(8, '0')}`
  const kind = random.pick(kinds)
  switch (kind) {
    case 'deposit':
      return { kind, key, amount: (100 + serial / 100).toFixed(2) }
    case 'withdraw':
      return { kind, key, amount: (1 + serial / 100).toFixed(2) }
    case 'claim':
      return { kind, key }
    case 'cancel': {
      const orderId = openOrders[random.below(Math.max(1, openOrders.length))]
      if (orderId !== undefined) return { kind, orderId }
      return { kind: 'deposit', key, amount: (100 + serial / 100).toFixed(2) }
    }
    case 'buy':
    case 'sell':
    case 'limit':
      return { kind: 'order', key, input: drawOrder(random, { kind, serial, prices }) }
  }
}

function drawOrder(
  random: Random,
  { kind, serial, prices }: { kind: 'buy' | 'sell' | 'limit'; serial: number; prices: Prices },
): OrderTerms {
  const [assetId, price] = random.pick([...prices])
  // About twenty dollars' worth; the last digits are the serial number.
  const whole = Math.max(0.001, 20 / price)
  const quantity = `${whole.toFixed(3)}${String(serial % 100_000).padStart(5, '0')}`
  const side =
    kind === 'limit' ? random.pick(['BUY', 'SELL'] as const) : kind === 'buy' ? 'BUY' : 'SELL'
  if (kind !== 'limit') return { side, type: 'MARKET', assetId, quantity }
  // Around the market: some fill at once, some after the market moves, some never.
  const limitPrice = (price * (0.97 + random.next() * 0.06)).toPrecision(8)
  return { side, type: 'LIMIT', assetId, quantity, limitPrice: Number(limitPrice).toFixed(6) }
}
