import { describe, expect, it } from '@jest/globals'
import { addUsd, formatUsd, parseUsd, usd } from '@cnop/kit/money'
import { computeValues, type OwnedPortfolio, type PriceTable } from './values.ts'

const readAt = '2026-11-21T12:00:00.000Z'
const change = (amount: string, base: string) => ({
  __typename: 'ValueChange' as const,
  amount,
  base,
  percent: 0,
})

interface Held {
  readonly quantity: string
  readonly price: string
  readonly marketValue: string
  readonly day?: ReturnType<typeof change> | null
  readonly isActive?: boolean
}

const holding = (assetId: string, held: Held): OwnedPortfolio['holdings'][number] => ({
  __typename: 'Holding',
  username: 'ada_lovelace',
  assetId,
  quantity: held.quantity,
  available: held.quantity,
  held: '0',
  averageCost: '1',
  costBasis: '1000.00',
  marketValue: held.marketValue,
  unrealisedProfit: change('-100.00', '1000.00'),
  dayChange: held.day ?? null,
  asset: {
    __typename: 'Asset',
    id: assetId,
    name: assetId,
    isActive: held.isActive ?? true,
    haltedSince: null,
    quote: { __typename: 'Quote', price: held.price, quotedAt: readAt },
  },
})

const portfolio = (
  holdings: OwnedPortfolio['holdings'],
  excluded: string[] = [],
): OwnedPortfolio => ({
  __typename: 'Portfolio',
  username: 'ada_lovelace',
  cash: { __typename: 'Cash', available: '90.00', held: '10.00', posted: '100.00' },
  dayChange: change('-5.00', '1000.00'),
  dayChangeExcludes: excluded,
  holdings,
})

const live = (prices: Readonly<Record<string, string>>, second = '01'): PriceTable =>
  new Map(
    Object.entries(prices).map(([assetId, price]) => [
      assetId,
      {
        price,
        quotedAt: `2026-11-21T12:00:${second}.000Z`,
        changePercent24h: null,
        isActive: true,
        haltedSince: null,
        tradesMark: null,
      },
    ]),
  )

const bitcoin = holding('BTC', {
  quantity: '0.01234567',
  price: '64000',
  marketValue: '790.12',
  day: change('-2.00', '800.00'),
})
const ether = holding('ETH', { quantity: '0.3', price: '333.333', marketValue: '99.99' })

describe('the figures of a page', () => {
  it.each(['64000', '63999.99', '70123.456789', '0.01', '123456.789'])(
    'add up to the cent at a price of %s',
    (price) => {
      const { total, assets, cash, holdings, slices } = computeValues(
        portfolio([bitcoin, ether]),
        live({ BTC: price, ETH: '333.339' }),
      )
      const sum = (amounts: readonly (string | null)[]) =>
        formatUsd(amounts.map((amount) => parseUsd(amount ?? '0')).reduce(addUsd, usd('0')))
      expect(sum(holdings.map(({ value }) => value))).toBe(assets)
      expect(sum([cash.posted, assets])).toBe(total)
      expect(sum(slices?.map(({ value }) => value) ?? [])).toBe(total)
    },
  )

  it('extend gains by the change of the value since they were read', () => {
    const values = computeValues(portfolio([bitcoin, ether]), live({ BTC: '65000' }))
    const [held] = values.holdings
    expect(held).toMatchObject({
      value: '802.46',
      day: { amount: '10.34', base: '800.00' },
      profit: { amount: '-87.66' },
    })
    expect(held?.day?.percent).toBeCloseTo(1.2925)
    expect(values).toMatchObject({ total: '1002.45', day: { amount: '7.34' }, dayFrom: '995.11' })
  })

  it('use the newer of the price that was read and the streamed one', () => {
    const stale = new Map([
      [
        'BTC',
        {
          price: '1',
          quotedAt: '2026-11-21T11:59:59.000Z',
          changePercent24h: null,
          isActive: true,
          haltedSince: null,
          tradesMark: null,
        },
      ],
    ])
    expect(computeValues(portfolio([bitcoin]), stale).holdings[0]?.value).toBe('790.12')
  })

  it('value an asset that is not traded at its last price, mark it, and exclude it from changes', () => {
    const frozen = holding('LUNA', {
      quantity: '10',
      price: '80',
      marketValue: '800.00',
      isActive: false,
    })
    const values = computeValues(portfolio([bitcoin, frozen], ['LUNA']), new Map())
    expect(values.excluded).toEqual(['LUNA'])
    expect(values).toMatchObject({ total: '1690.12', day: { amount: '-5.00' }, dayFrom: null })
    expect(values.holdings[0]).toMatchObject({ value: '800.00', day: null, isFrozen: true })
    expect(values.slices?.map(({ assetId, isFrozen }) => [assetId, isFrozen])).toEqual([
      ['LUNA', true],
      ['BTC', false],
      ['USD', false],
    ])
  })

  it('list the largest holding first, as it was when the portfolio was read', () => {
    const small = holding('AAA', { quantity: '1', price: '1', marketValue: '1.00' })
    const same = holding('ABC', { quantity: '1', price: '1', marketValue: '1.00' })
    const unpriced = { ...holding('AAB', { ...ether, price: '1', marketValue: '' }) }
    const none = { ...unpriced, asset: null, marketValue: null }
    const values = computeValues(
      portfolio([same, none, small, ether, bitcoin]),
      live({ AAA: '1000000' }),
    )
    const order = values.holdings.map(({ assetId }) => assetId)
    expect(order).toEqual(['BTC', 'ETH', 'AAA', 'ABC', 'AAB'])
  })

  it('mark an asset as halted when the page or the stream reports it, until a newer price arrives', () => {
    const haltedSince = '2026-11-21T12:00:00.500Z'
    const tick = { price: '64000', changePercent24h: null, isActive: true, tradesMark: null }
    const markOf = (quotedAt: string, since: string | null) => {
      const table = new Map([['BTC', { ...tick, quotedAt, haltedSince: since }]])
      const halted = { ...bitcoin, asset: { ...bitcoin.asset!, haltedSince } }
      return [bitcoin, halted].map(
        (one) => computeValues(portfolio([one]), table).holdings[0]?.isHalted,
      )
    }
    expect(markOf(readAt, haltedSince)).toEqual([true, true])
    expect(markOf(readAt, null)).toEqual([false, true])
    expect(markOf('2026-11-21T12:00:09.000Z', null)).toEqual([false, false])
  })

  it('are unknown, not partial, while a price is missing', () => {
    const unpriced = { ...ether, asset: null, marketValue: null }
    expect(computeValues(portfolio([bitcoin, unpriced]), new Map())).toMatchObject({
      total: null,
      assets: null,
      day: null,
      slices: null,
    })
  })
})
