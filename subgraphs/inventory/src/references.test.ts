import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Actor } from '@cnop/kit/identity'
import { codeOf, type Inventory, openWorld, type World } from './testing/inventory.ts'
import { coin } from './testing/market-data-server.ts'

const alice: Actor = { username: 'alice1', role: 'customer', sessionId: 's1' }

let world: World
let inventory: Inventory

beforeAll(async () => {
  world = await openWorld()
})
beforeEach(async () => {
  inventory = await world.reset()
})
afterEach(() => inventory.stop())
afterAll(() => world.stop())

describe('references of other subgraphs', () => {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Asset { id name }
    ... on Portfolio { totalValue assetsValue pricesAt allocation { assetId value percent } }
    ... on Holding { marketValue unrealisedProfit { amount base percent } } } }`
  const portfolio = (holdings: readonly object[], username = 'alice1') => ({
    __typename: 'Portfolio',
    username,
    cash: { posted: '999.81' },
    holdings,
  })
  const holding = { __typename: 'Holding', username: 'alice1', assetId: 'BTC' }
  const entities = async (representation: object, actor?: Actor) =>
    inventory.ask(query, { representations: [representation] }, actor)

  it('to assets are answered to anyone; unknown ones are null', async () => {
    await inventory.start()
    const representations = [
      { __typename: 'Asset', id: 'BTC' },
      { __typename: 'Asset', id: 'NOPE' },
    ]
    expect((await inventory.ask(query, { representations })).data).toEqual({
      _entities: [{ id: 'BTC', name: 'Bitcoin' }, null],
    })
  })

  it('to a portfolio are valued at current prices', async () => {
    await inventory.startWithCoins(coin())
    const { data } = await entities(portfolio([{ assetId: 'BTC', quantity: '0.5' }]), alice)
    expect(data).toEqual({
      _entities: [
        {
          totalValue: '36093.31',
          assetsValue: '35093.50',
          pricesAt: '2026-01-05T10:00:00.000Z',
          allocation: [
            { assetId: 'BTC', value: '35093.50', percent: 97.2299 },
            { assetId: 'USD', value: '999.81', percent: 2.7701 },
          ],
        },
      ],
    })
  })

  it('to a portfolio with an asset that has no price are unknown, not wrong', async () => {
    await inventory.startWithCoins(coin())
    const { data } = await entities(portfolio([{ assetId: 'NOPE', quantity: '1' }]), alice)
    expect(data).toEqual({
      _entities: [
        {
          totalValue: null,
          assetsValue: null,
          pricesAt: '2026-01-05T10:00:00.000Z',
          allocation: null,
        },
      ],
    })
  })

  it('to a holding give what a sale would bring and gain', async () => {
    await inventory.startWithCoins(coin())
    const representation = { ...holding, quantity: '0.1', costBasis: '8000.00' }
    expect((await entities(representation, alice)).data).toEqual({
      _entities: [
        {
          marketValue: '7018.70',
          unrealisedProfit: { amount: '-981.30', base: '8000.00', percent: -12.2663 },
        },
      ],
    })
  })

  it('to a holding count the fee of the sale into what it would gain', async () => {
    await inventory.startWithCoins(coin())
    await inventory.stop()
    await inventory.startWithFeed({ ORDER_FEE_BASIS_POINTS: '25' })
    const representation = { ...holding, quantity: '0.1', costBasis: '7018.70' }
    // 0.25 % of $7,018.70, rounded up to the cent.
    expect((await entities(representation, alice)).data).toEqual({
      _entities: [
        {
          marketValue: '7018.70',
          unrealisedProfit: { amount: '-17.55', base: '7018.70', percent: -0.25 },
        },
      ],
    })
  })

  it('to an asset have bid, ask and depth around the mid price, as configured', async () => {
    const market = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Asset { bid ask depth { simulated bids { price } asks { price quantity } } } } }`
    const ask = async () =>
      (await inventory.ask(market, { representations: [{ __typename: 'Asset', id: 'BTC' }] })).data
    await inventory.startWithCoins(coin({ current_price: 100 }))
    expect(await ask()).toEqual({ _entities: [{ bid: '100', ask: '100', depth: null }] })
    await inventory.stop()
    await inventory.startWithFeed({ MARKET_SPREAD_BASIS_POINTS: '20', MARKET_DEPTH: '1001' })
    expect(await ask()).toMatchObject({
      _entities: [
        {
          ...{ bid: '99.9', ask: '100.1' },
          depth: {
            simulated: false,
            bids: [{ price: '99.9' }, { price: '99.8' }, {}, {}, { price: '99.5' }],
            asks: [{ price: '100.1', quantity: '10' }, {}, {}, {}, { quantity: null }],
          },
        },
      ],
    })
    await inventory.stop()
    await inventory.startWithFeed({ MARKET_DEPTH: 'simulated' })
    expect(await ask()).toMatchObject({ _entities: [{ depth: { simulated: true } }] })
  })

  it('to a holding of a delisted asset still have its last price', async () => {
    await inventory.startWithCoins(coin(), coin({ id: 'x', symbol: 'x', current_price: 2 }))
    await inventory.stop()
    inventory.clock.advance(60_000)
    await inventory.startWithCoins(coin(), coin({ id: 'x', symbol: 'x', current_price: 0 }))
    const representation = { ...holding, assetId: 'X', quantity: '3', costBasis: '1.00' }
    expect((await entities(representation, alice)).data).toMatchObject({
      _entities: [{ marketValue: '6.00' }],
    })
  })

  it('to someone else’s portfolio or holding are refused', async () => {
    await inventory.start()
    expect(codeOf(await entities(portfolio([], 'bobby22'), alice))).toBe('FORBIDDEN')
    expect(codeOf(await entities({ ...holding, username: 'bobby22' }, alice))).toBe('FORBIDDEN')
    expect(codeOf(await entities(portfolio([])))).toBe('UNAUTHENTICATED')
    expect(codeOf(await entities(holding))).toBe('UNAUTHENTICATED')
  })
})
