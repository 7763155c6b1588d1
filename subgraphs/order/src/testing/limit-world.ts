import { expect } from '@jest/globals'
import { type MessageOf, ordersChanged } from '@cnop/schema/events'
import type { OrderParts } from '../server.ts'
import { type Answer, startOrderWorld } from './order-world.ts'

const fields = `id clientOrderId replaces replacedBy side type status reason quantity limitPrice stopPrice stopLimitPrice trailAmount trailBasisPoints bestPrice takeProfitPrice stopLossPrice stopLossLimitPrice exitOrderId entryOrderId triggeredAt triggerPrice price total fee heldCash timeInForce expiresAt
  receipt { kind cashChange cashHeldChange quantityChange quantityHeldChange }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
export const readOrder = `query ($id: ID!) { order(id: $id) { ${fields} } }`

export const cancelOrder = `mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { ${fields} } } }`

export type LimitWorld = Awaited<ReturnType<typeof startLimitWorld>>

let count = 0

/** The input of a limit order for BTC, with a new key. */
export const limit = (
  side: 'BUY' | 'SELL',
  amount: string,
  limitPrice: string,
  more: object = {},
) => ({
  key: `key-${String(++count).padStart(8, '0')}`,
  side,
  type: 'LIMIT',
  assetId: 'BTC',
  quantity: amount,
  limitPrice,
  ...more,
})

/** The order that an answer contains. */
export function pick(answer: Answer, field: string) {
  expect(answer.errors).toBeUndefined()
  const value = answer.data?.[field] as Record<string, unknown>
  return (value['order'] ?? value) as Record<string, unknown> & { id: string }
}

export const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code

/** Tests expire orders themselves: the clock is theirs, and a timer of the machine's would come between. */
const intervals = { ORDER_MATCH_REFRESH_MS: '1000', ORDER_EXPIRY_INTERVAL_MS: '86400000' }

/** The order subgraph as two processes with a matcher each, and the changes of orders that they announce. */
export async function startLimitWorld(env: Readonly<Record<string, string>> = {}) {
  const world = await startOrderWorld({ ...intervals, ...env })
  let second = await world.openProcess()
  let received: MessageOf<ReturnType<typeof ordersChanged>>[] = []
  for (const username of ['alice_1', 'bobby_1']) {
    await world.bus.subscribe(ordersChanged(username), (message) => {
      received.push(message)
    })
  }
  const settle = async (): Promise<void> => {
    await world.main.matcher?.settled()
    await second.matcher?.settled()
  }
  const tick = async (price: string): Promise<void> => {
    world.quotes.set('BTC', price)
    await settle()
  }
  const send = (username: string, input: object, at?: OrderParts): Promise<Answer> =>
    world.ask(username, place, { input }, at)
  return {
    ...world,
    second: () => second,
    /** Replaces the second process, whose matcher was closed. */
    replaceSecond: async () => {
      second = await world.openProcess()
      return second
    },
    received: () => received,
    forget: () => {
      received = []
    },
    /** Waits until both matchers have nothing to do. */
    settle,
    tick,
    send,
    placed: async (username: string, input: object) =>
      pick(await send(username, input), 'placeOrder'),
    readBack: async (username: string, id: string) =>
      pick(await world.ask(username, readOrder, { id }), 'order'),
    /** Two users with $10,000 each, and BTC at $64,000. */
    reset: async () => {
      await settle()
      await world.reset()
      // Invalidates what the matchers cached of the previous tables.
      world.clock.advance(2_000)
      await tick('64000')
      await world.openUser('alice_1', '10000')
      await world.openUser('bobby_1', '10000')
      received = []
    },
  }
}
