import type { Random } from './random.ts'

/** A command of a customer. Amounts and quantities are unique, so that each can be found in the journal. */
export type Intent =
  | { readonly kind: 'deposit' | 'withdraw'; readonly key: string; readonly amount: string }
  | { readonly kind: 'order'; readonly key: string; readonly input: OrderTerms }
  | { readonly kind: 'cancel'; readonly orderId: string }
  | {
      readonly kind: 'replace'
      readonly key: string
      readonly orderId: string
      readonly quantity: string
    }
  | { readonly kind: 'claim'; readonly key: string }

export interface OrderTerms {
  readonly side: 'BUY' | 'SELL'
  readonly type: 'MARKET' | 'LIMIT' | 'STOP' | 'TRAILING_STOP'
  readonly assetId: string
  readonly quantity: string
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly takeProfitPrice?: string
  readonly stopLossPrice?: string
  readonly stopLossLimitPrice?: string
  readonly trailBasisPoints?: number
  readonly timeInForce?: 'GTC' | 'IOC'
  readonly clientOrderId?: string
}

export type Prices = ReadonlyMap<string, number>

const kinds = [
  ...(['deposit', 'withdraw', 'buy', 'sell', 'limit', 'limit', 'stop'] as const),
  ...(['replace', 'cancel', 'claim'] as const),
] as const

/** An order that waited when it was placed. */
export interface OpenOrder {
  readonly id: string
  readonly quantity: string
}

interface Circumstances {
  readonly serial: number
  readonly prices: Prices
  readonly openOrders: readonly OpenOrder[]
}

/** Draws the next command of a customer. The serial number makes keys, amounts and quantities unique. */
export function drawIntent(random: Random, { serial, prices, openOrders }: Circumstances): Intent {
  const key = `chaos-${String(serial).padStart(8, '0')}`
  const kind = random.pick(kinds)
  switch (kind) {
    case 'deposit':
      return { kind, key, amount: (100 + serial / 100).toFixed(2) }
    case 'withdraw':
      return { kind, key, amount: (1 + serial / 100).toFixed(2) }
    case 'claim':
      return { kind, key }
    case 'cancel':
    case 'replace':
      return drawChange(random, kind, { key, serial, openOrders })
    case 'buy':
    case 'sell':
    case 'limit':
    case 'stop':
      return { kind: 'order', key, input: drawOrder(random, { kind, serial, prices }) }
  }
}

interface ChangeTerms extends Pick<Circumstances, 'serial' | 'openOrders'> {
  readonly key: string
}

/** Ends an order, or replaces it by one of half to one and a half times its size. */
function drawChange(
  random: Random,
  kind: 'cancel' | 'replace',
  { key, serial, openOrders }: ChangeTerms,
): Intent {
  const order = openOrders[random.below(Math.max(1, openOrders.length))]
  if (!order) return { kind: 'deposit', key, amount: (100 + serial / 100).toFixed(2) }
  const { id: orderId } = order
  if (kind === 'cancel') return { kind, orderId }
  const whole = Math.max(0.001, Number(order.quantity) * (0.5 + random.next()))
  return { kind, key, orderId, quantity: drawQuantity(whole, serial) }
}

interface DrawnOrder {
  readonly kind: 'buy' | 'sell' | 'limit' | 'stop'
  readonly serial: number
  readonly prices: Prices
}

/** The last digits are the serial number. */
const drawQuantity = (whole: number, serial: number): string =>
  `${whole.toFixed(3)}${String(serial % 100_000).padStart(5, '0')}`

function drawOrder(random: Random, { kind, serial, prices }: DrawnOrder): OrderTerms {
  const [assetId, price] = random.pick([...prices])
  // About twenty dollars' worth.
  const quantity = drawQuantity(Math.max(0.001, 20 / price), serial)
  if (kind === 'buy' || kind === 'sell') {
    return { side: kind === 'buy' ? 'BUY' : 'SELL', type: 'MARKET', assetId, quantity }
  }
  const side = random.pick(['BUY', 'SELL'] as const)
  const clientOrderId = `chaos ${serial}`
  if (kind === 'stop') {
    // So near that some are triggered as the market moves.
    if (random.happens(0.5)) {
      const terms = {
        side,
        type: 'TRAILING_STOP',
        assetId,
        quantity,
        trailBasisPoints: 10,
      } as const
      return { ...terms, clientOrderId, ...(side === 'BUY' && exitsAround(price * 1.005)) }
    }
    const stopPrice = (price * (side === 'BUY' ? 1.0005 : 0.9995)).toFixed(6)
    return { side, type: 'STOP', assetId, quantity, stopPrice, clientOrderId }
  }
  // Around the market: some fill at once, some after the market moves, some never.
  const limitPrice = (price * (0.97 + random.next() * 0.06)).toPrecision(8)
  const timeInForce = random.pick(['GTC', 'GTC', 'GTC', 'IOC'] as const)
  const terms = { limitPrice: Number(limitPrice).toFixed(6), timeInForce, clientOrderId }
  if (side === 'SELL' || random.happens(0.5)) {
    return { side, type: 'LIMIT', assetId, quantity, ...terms }
  }
  return { side, type: 'LIMIT', assetId, quantity, ...terms, ...exitsAround(Number(limitPrice)) }
}

const exitsAround = (price: number) => ({
  takeProfitPrice: (price * 1.002).toFixed(6),
  stopLossPrice: (price * 0.99).toFixed(6),
  stopLossLimitPrice: (price * 0.985).toFixed(6),
})
