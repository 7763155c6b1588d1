import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { addFaults } from '@cnop/kit/testing/faults'
import { saveChoice } from '@cnop/outbox/choices'
import type { NotificationKind } from '@cnop/outbox/notification'
import { listNotifications } from '@cnop/outbox/rows'
import { type MessageOf, notificationsAdded } from '@cnop/schema/events'
import { expireDue } from './jobs/expire-orders.ts'
import { cancelOrder, limit } from './testing/limit-world.ts'
import { startStopWorld, stop, type StopWorld } from './testing/stop-world.ts'

let world: StopWorld
let published: MessageOf<ReturnType<typeof notificationsAdded>>[] = []

beforeAll(async () => {
  world = await startStopWorld()
  await world.bus.subscribe(notificationsAdded('alice_1'), (message) => {
    published.push(message)
  })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  published = []
})

async function told(username = 'alice_1') {
  const slice = { username, first: 100, after: undefined, nowMs: world.clock.now() }
  const { notifications } = await listNotifications(world.main.deps.outbox, slice)
  return notifications.map(({ kind, text, orderId }) => ({ kind, text, orderId })).reverse()
}

const kinds = async () => (await told()).map(({ kind }) => kind)

it('tells of the fill of an order that waited, once, in two processes', async () => {
  const { id } = await world.placed('alice_1', limit('BUY', '0.1', '63000'))
  await world.tick('62999.5')
  const text = 'Your limit order bought 0.1 BTC at $62,999.50.'
  expect(await told()).toEqual([{ kind: 'ORDER_FILLED', text, orderId: id }])
  expect(published).toMatchObject([
    {
      username: 'alice_1',
      notification: { kind: 'ORDER_FILLED', text, orderId: id, assetId: 'BTC' },
    },
  ])
  expect(await told('bobby_1')).toEqual([])
})

it.each([
  [
    { takeProfitPrice: '70000', stopLossPrice: '60000' },
    'Its take-profit at $70,000.00 and its stop-loss at $60,000.00 are now open.',
  ],
  [{ takeProfitPrice: '70000' }, 'Its take-profit at $70,000.00 is now open.'],
  [{ stopLossPrice: '60000' }, 'Its stop-loss at $60,000.00 is now open.'],
])('tells of the exits that the fill of a buy has opened: %j', async (exits, opened) => {
  await world.placed('alice_1', { ...limit('BUY', '0.1', '63000'), ...exits })
  await world.tick('62999.5')
  expect((await told()).map(({ text }) => text)).toEqual([
    `Your limit order bought 0.1 BTC at $62,999.50. ${opened}`,
  ])
})

it('tells of a trigger and of the fill behind it', async () => {
  await world.placed('alice_1', {
    ...limit('BUY', '0.1', '64000'),
    type: 'MARKET',
    limitPrice: undefined,
  })
  await world.placed('alice_1', stop('SELL', '0.1', '63000'))
  await world.tick('62900')
  expect((await told()).map(({ text }) => text)).toEqual([
    'Your stop order to sell 0.1 BTC was triggered at $62,900.00.',
    'Your stop order sold 0.1 BTC at $62,900.00.',
  ])
})

it('tells at which of its prices a limit or stop order filled', async () => {
  await world.placed('alice_1', limit('BUY', '0.1', '64000'))
  const oco = () => ({ ...limit('SELL', '0.05', '70000'), type: 'OCO', stopPrice: '60000' })
  const { id } = await world.placed('alice_1', oco())
  await world.tick('70100')
  await world.tick('64000')
  const stopped = await world.placed('alice_1', oco())
  await world.tick('59900')
  const filled = (await told()).filter(({ kind }) => kind === 'ORDER_FILLED')
  expect(filled).toEqual([
    {
      kind: 'ORDER_FILLED',
      orderId: id,
      text: 'Your limit or stop order was filled at its limit: it sold 0.05 BTC at $70,100.00.',
    },
    {
      kind: 'ORDER_FILLED',
      orderId: stopped.id,
      text: 'Your limit or stop order was filled at its stop: it sold 0.05 BTC at $59,900.00.',
    },
  ])
})

it('tells of an expiry, and of a cancellation by the platform', async () => {
  const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
  await world.placed('alice_1', limit('BUY', '0.01', '60000', { expiresAt }))
  world.clock.advance(60_000)
  const processes = [world.main, world.second()]
  await Promise.all(processes.map(({ deps }) => expireDue(deps)))
  await world.placed('alice_1', limit('BUY', '0.02', '60000'))
  await world.tick('64000', { isActive: false, delistedAt: '2026-01-05T10:00:00.000Z' })
  expect((await told()).map(({ kind, text }) => [kind, text])).toEqual([
    ['ORDER_EXPIRED', 'Your limit order to buy 0.01 BTC has expired.'],
    ['ORDER_CANCELLED', 'Your limit order to buy 0.02 BTC was cancelled. BTC was delisted.'],
  ])
})

it('tells of a triggered order that could not fill', async () => {
  await world.placed('alice_1', stop('BUY', '0.1', '65000'))
  await world.tick('70000')
  expect(await kinds()).toEqual(['ORDER_TRIGGERED', 'ORDER_FAILED'])
})

it('tells nothing of what the owner does, or of an order that fills at once', async () => {
  const { id } = await world.placed('alice_1', limit('BUY', '0.01', '60000'))
  await world.ask('alice_1', cancelOrder, { id })
  await world.placed('alice_1', limit('BUY', '0.01', '65000'))
  expect(await told()).toEqual([])
})

it('tells nothing of a kind that is switched off, and of the others still', async () => {
  const kind: NotificationKind = 'ORDER_FILLED'
  const { outbox } = world.main.deps
  await saveChoice(outbox, 'alice_1', { kind, channels: [] })
  await world.placed('alice_1', limit('BUY', '0.01', '63000'))
  await world.placed('alice_1', stop('BUY', '0.01', '65000'))
  await world.tick('62000')
  await world.tick('65000')
  expect(await kinds()).toEqual(['ORDER_TRIGGERED'])
  await saveChoice(outbox, 'alice_1', { kind, channels: ['BELL'] })
  await world.placed('alice_1', limit('BUY', '0.01', '63000'))
  await world.tick('62000')
  expect(await kinds()).toEqual(['ORDER_TRIGGERED', 'ORDER_FILLED'])
})

it('tells of every fill once over a store that conflicts, throttles and loses replies', async () => {
  for (let place = 0; place < 8; place += 1) {
    await world.placed('alice_1', limit('BUY', '0.001', String(63_000 - place)))
  }
  const faults = [world.main, world.second()].map(({ deps }) =>
    addFaults(deps.store.db, {
      seed: 3,
      rates: { loseReply: 0.2, conflict: 0.1, throttle: 0.1, loseRequest: 0.1 },
      commands: ['TransactWriteItems'],
    }),
  )
  for (let round = 0; round < 4; round += 1) await world.tick('62000')
  for (const fault of faults) fault.remove()
  await world.tick('62000')
  const orders = (await told()).map(({ orderId }) => orderId)
  expect(orders).toHaveLength(8)
  expect(new Set(orders).size).toBe(8)
})
