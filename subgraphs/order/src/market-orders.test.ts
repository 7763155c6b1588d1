import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { currentScope } from '@cnop/kit/tracing/scope'
import { observeCalls } from '@cnop/kit/dynamo-middleware'
import { quantity, usd } from '@cnop/kit/money'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let count = 0

const place = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        id
        status
        side
        type
        assetId
        quantity
        price
        quotedAt
        total
        fee
        createdAt
        asset {
          id
        }
        receipt {
          kind
          sequence
          cashChange
          cashHeldChange
          quantityChange
          previousHash
          basis
          realisedGain
        }
      }
    }
  }
`

const market = (side: 'BUY' | 'SELL', amount: string, assetId = 'BTC') => ({
  key: `key-${String(++count).padStart(8, '0')}`,
  side,
  type: 'MARKET',
  assetId,
  quantity: amount,
})

const send = (username: string, input: object): Promise<Answer> =>
  world.ask(username, place, { input })

const orderOf = (answer: Answer) => {
  expect(answer.errors).toBeUndefined()
  return (answer.data!['placeOrder'] as { order: Record<string, unknown> }).order
}

const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code

beforeAll(async () => {
  world = await startOrderWorld()
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  world.quotes.set('BTC', '64000')
  world.quotes.set('DOGE', '0.1')
  world.quotes.set('OLD', '5', { isActive: false })
  await world.openUser('alice_1', '10000')
})

describe('a market order', () => {
  it('fills at the current price, moves cash and holding, and shows its journal receipt', async () => {
    const order = orderOf(await send('alice_1', market('BUY', '0.1')))
    expect(order).toMatchObject({
      status: 'COMPLETED',
      price: '64000',
      total: '6400.00',
      fee: '0.00',
      quantity: '0.1',
      asset: { id: 'BTC' },
      receipt: [
        {
          kind: 'BUY',
          sequence: 2,
          cashChange: '-6400.00',
          cashHeldChange: '0.00',
          quantityChange: '0.1',
          basis: null,
          realisedGain: null,
        },
      ],
    })
    world.quotes.set('BTC', '65000')
    const sale = orderOf(await send('alice_1', market('SELL', '0.05')))
    expect(sale['receipt']).toMatchObject([{ basis: '3200.00', realisedGain: '50.00' }])
    expect(await world.account('alice_1')).toMatchObject({ available: usd('6850') })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: quantity('0.05'),
      costBasis: usd('3200'),
    })
  })

  it('rounds a buy up and a sale down, so that a round trip never gains', async () => {
    world.quotes.set('DOGE', '0.3333')
    const buy = orderOf(await send('alice_1', market('BUY', '10.01', 'DOGE')))
    const sell = orderOf(await send('alice_1', market('SELL', '10.01', 'DOGE')))
    expect([buy['total'], sell['total']]).toEqual(['3.34', '3.33'])
    expect(await world.holding('alice_1', 'DOGE')).toBeUndefined()
  })

  it('sells a whole holding that is worth less than a cent for nothing, and leaves no dust', async () => {
    orderOf(await send('alice_1', market('BUY', '10', 'DOGE')))
    world.quotes.set('DOGE', '0.0001')
    expect(codeOf(await send('alice_1', market('SELL', '9.99999999', 'DOGE')))).toBe(
      'ORDER_TOO_SMALL',
    )
    const sell = orderOf(await send('alice_1', market('SELL', '10', 'DOGE')))
    expect(sell).toMatchObject({ total: '0.00', status: 'COMPLETED' })
    expect(await world.holding('alice_1', 'DOGE')).toBeUndefined()
  })

  it('accepts a value of one dollar, and less only for a whole holding', async () => {
    orderOf(await send('alice_1', market('BUY', '0.00001563'))) // costs $1.01 with rounding up
    const part = await send('alice_1', market('SELL', '0.00001562')) // would pay $0.99
    expect(part.errors?.[0]).toMatchObject({
      message: 'The smallest order is worth $1.00.',
      extensions: { code: 'ORDER_TOO_SMALL', details: { minValue: '1.00' } },
    })
    world.quotes.set('BTC', '50000')
    expect(orderOf(await send('alice_1', market('SELL', '0.00001563')))['total']).toBe('0.78')
  })

  it('has the smallest quantity of the REST contract, and no smallest value, for its clients', async () => {
    const rest = (input: object) => world.askRest('alice_1', place, { input })
    const tooSmall = { code: 'ORDER_TOO_SMALL', details: { minQuantity: '0.001' } }
    const refusal = async (input: object) => (await rest(input)).errors?.[0]?.extensions
    expect(orderOf(await rest(market('BUY', '0.001', 'DOGE')))['total']).toBe('0.01')
    expect(await refusal(market('BUY', '0.00099999'))).toMatchObject(tooSmall)
    orderOf(await rest(market('BUY', '0.00100009')))
    orderOf(await rest(market('SELL', '0.001')))
    expect(await refusal(market('SELL', '0.00000008'))).toMatchObject(tooSmall)
    const dust = orderOf(await rest(market('SELL', '0.00000009')))
    expect(dust).toMatchObject({ quantity: '0.00000009', total: '0.00' })
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
  })

  it('answers a repeat with the first order, and refuses its key for another', async () => {
    const input = market('BUY', '0.01')
    const first = orderOf(await send('alice_1', input))
    world.quotes.set('BTC', '70000')
    expect(orderOf(await send('alice_1', input))).toEqual(first)
    expect(codeOf(await send('alice_1', { ...input, quantity: '0.02' }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
    expect(await world.account('alice_1')).toMatchObject({ available: usd('9360') })
  })

  it('refuses with one code, in one order: shape, existence, state, limits, funds', async () => {
    const stale = { quotedAt: '2026-01-05T09:57:59.000Z' }
    const refused = async (input: object) => codeOf(await send('alice_1', input))
    const wrong = { ...market('BUY', '0.0001', 'NONE'), key: 'short' }
    expect(await refused(wrong)).toBe('BAD_USER_INPUT')
    expect(await refused({ ...market('BUY', '0', 'NONE') })).toBe('BAD_USER_INPUT')
    expect(await refused({ ...market('BUY', '-1', 'NONE') })).toBe('BAD_USER_INPUT')
    expect(await refused(market('BUY', '1', 'TOO-LONG-NAME'))).toBe('BAD_USER_INPUT')
    expect(await refused({ ...market('BUY', '1'), limitPrice: '5' })).toBe('BAD_USER_INPUT')
    expect(await refused(market('BUY', '0.0001', 'NONE'))).toBe('ASSET_NOT_FOUND')
    expect(await refused(market('BUY', '0.0001', 'OLD'))).toBe('ASSET_NOT_TRADABLE')
    world.quotes.set('BTC', '64000', stale)
    expect(await refused({ ...market('BUY', '0.0001'), worstPrice: '1' })).toBe('QUOTE_STALE')
    world.quotes.remove('BTC')
    world.quotes.set('BTC', '64000')
    expect(await refused({ ...market('BUY', '0.0001'), worstPrice: '63999' })).toBe('PRICE_MOVED')
    expect(await refused({ ...market('SELL', '0.0001'), worstPrice: '64001' })).toBe('PRICE_MOVED')
    expect(await refused(market('BUY', '0.0000154'))).toBe('ORDER_TOO_SMALL')
    expect(await refused(market('BUY', '0.15625001'))).toBe('ORDER_TOO_LARGE')
    expect(await refused(market('SELL', '0.15625001'))).toBe('INSUFFICIENT_HOLDINGS')
    expect(await refused(market('SELL', '0.2'))).toBe('ORDER_TOO_LARGE')
    expect(await refused(market('SELL', '0.1'))).toBe('INSUFFICIENT_HOLDINGS')
    orderOf(await send('alice_1', { ...market('BUY', '0.1'), worstPrice: '64000' }))
    expect(await refused(market('BUY', '0.1'))).toBe('INSUFFICIENT_FUNDS')
    expect(codeOf(await send('nobody_1', market('BUY', '0.01')))).toBe('USER_NOT_FOUND')
    expect(codeOf(await world.ask(undefined, place, { input: market('BUY', '1') }))).toBe(
      'UNAUTHENTICATED',
    )
  })

  it('takes two round trips to the store', async () => {
    const calls: string[] = []
    const { documents, transactions } = world.main.deps.store.db
    for (const { middlewareStack } of [documents, transactions]) {
      // Jobs of the service read at any time.
      observeCalls(middlewareStack, ({ command }) => {
        if (currentScope()?.subgraph === 'order') calls.push(command)
      })
    }
    const short = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }`
    await world.ask('alice_1', short, { input: market('BUY', '0.01') })
    expect(calls).toEqual(['BatchGetItem', 'TransactWriteItems'])
    const acquiredOn = new Date(world.clock.now()).toISOString().slice(0, 10)
    const lots = [{ acquiredOn, quantity: '0.01' }]
    await world.ask('alice_1', short, { input: { ...market('SELL', '0.01'), lots } })
    expect(calls.slice(2)).toEqual(['BatchGetItem', 'TransactWriteItems'])
  })

  it('spends concurrent funds once: of many buys beyond the cash, exactly those that it covers fill', async () => {
    const other = await world.openProcess()
    const processes = [world.main, other]
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        world.ask('alice_1', place, { input: market('BUY', '0.03') }, processes[index % 2]),
      ),
    )
    const filled = answers.filter(({ errors }) => !errors)
    expect(filled).toHaveLength(5)
    const refusals = answers.filter(({ errors }) => errors).map(codeOf)
    expect(new Set(refusals)).toEqual(new Set(['INSUFFICIENT_FUNDS']))
    expect(await world.account('alice_1')).toMatchObject({ available: usd('400') })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: quantity('0.15') })
  })

  it('never sells more than there is, with any number of concurrent sales', async () => {
    orderOf(await send('alice_1', market('BUY', '0.1')))
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => send('alice_1', market('SELL', '0.03'))),
    )
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(3)
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: quantity('0.01') })
  })
})
