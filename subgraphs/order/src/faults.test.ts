import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { addFaults } from '@cnop/kit/testing/faults'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id status } } }`

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_MATCH_REFRESH_MS: '1' })
})
afterAll(() => world.stop())

describe('a store that loses replies, conflicts and throttles', () => {
  it('lets every key place one order, and every waiting order fill once', async () => {
    await world.openUser('alice_1', '10000')
    const faults = addFaults(world.main.deps.store.db, {
      seed: 7,
      rates: { loseReply: 0.1, conflict: 0.1, throttle: 0.05, loseRequest: 0.05 },
      commands: ['TransactWriteItems'],
    })
    const placed = new Map<string, Set<unknown>>()
    const input = { side: 'BUY', type: 'LIMIT', assetId: 'BTC', quantity: '0.002' }
    const attempt = async (key: string): Promise<void> => {
      const answer = await world.ask('alice_1', place, {
        input: { key, ...input, limitPrice: '60000' },
      })
      const code = answer.errors?.[0]?.extensions.code
      if (code === 'OUTCOME_UNKNOWN' || code === 'CONTENTION') return attempt(key)
      expect(code).toBeUndefined()
      const { order } = answer.data!['placeOrder'] as { order: { id: string } }
      placed.set(key, (placed.get(key) ?? new Set()).add(order.id))
    }
    const keys = Array.from({ length: 20 }, (_, index) => `key-0000-${index}`)
    await Promise.all([...keys, ...keys].map(attempt))
    expect([...placed.values()].map(({ size }) => size)).toEqual(keys.map(() => 1))
    expect(await world.account('alice_1')).toMatchObject({
      available: usd('7600'),
      held: usd('2400'),
    })

    let open = keys.length
    for (let round = 0; open > 0 && round < 20; round += 1) {
      world.clock.advance(10)
      world.quotes.set('BTC', '50000')
      await world.main.matcher!.settled()
      const { held } = await world.account('alice_1')
      open = parseInt((held / usd('120')).toString(), 10)
    }
    expect(faults.counts.loseReply).toBeGreaterThan(0)
    faults.remove()
    expect(await world.account('alice_1')).toMatchObject({ available: usd('8000'), held: 0n })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: quantity('0.04'),
      held: 0n,
      costBasis: usd('2000'),
    })
  })
})
