import { describe, expect, it } from '@jest/globals'
import { price, usd } from '@cnop/kit/money'
import { asset } from '../testing/assets.ts'
import { type AssetChoice, type AssetOrder, chooseAssets, sortColumns } from './sort-assets.ts'

const figures = (cap: string, volume: string, dayAgo: string, weekAgo: string) => ({
  marketCap: usd(cap),
  volume24h: usd(volume),
  dayAgoPrice: price(dayAgo),
  weekAgoPrice: price(weekAgo),
})

const assets = [
  asset('BTC', '64000', {
    name: 'Bitcoin',
    category: 'MAJOR',
    rank: 1,
    figures: figures('9', '3', '60000', '70000'),
  }),
  asset('ETH', '3000', {
    name: 'ethereum',
    category: 'MAJOR',
    rank: 2,
    figures: figures('8', '4', '3100', '2900'),
  }),
  asset('USDT', '1', {
    name: 'Tether',
    category: 'STABLECOIN',
    rank: 3,
    figures: figures('7', '9', '1', '1'),
  }),
  asset('XBT9', undefined, { name: 'Nameless 9' }),
  asset('AAA', undefined, { name: 'Zulu' }),
]

const everything: AssetChoice = {
  search: undefined,
  category: undefined,
  activeOnly: false,
  assetIds: undefined,
}
const choose = (choice: Partial<AssetChoice>, order: Partial<AssetOrder> = {}) =>
  chooseAssets(
    assets,
    { ...everything, ...choice },
    { by: 'RANK', descending: false, ...order },
  ).map(({ assetId }) => assetId)

describe('a list of assets', () => {
  it.each([
    ['RANK', false, ['BTC', 'ETH', 'USDT', 'AAA', 'XBT9']],
    ['RANK', true, ['USDT', 'ETH', 'BTC', 'AAA', 'XBT9']],
    ['NAME', false, ['BTC', 'ETH', 'XBT9', 'USDT', 'AAA']],
    ['PRICE', true, ['BTC', 'ETH', 'USDT', 'AAA', 'XBT9']],
    ['PRICE', false, ['USDT', 'ETH', 'BTC', 'AAA', 'XBT9']],
    ['CHANGE_24H', true, ['BTC', 'USDT', 'ETH', 'AAA', 'XBT9']],
    ['CHANGE_7D', false, ['BTC', 'USDT', 'ETH', 'AAA', 'XBT9']],
    ['MARKET_CAP', true, ['BTC', 'ETH', 'USDT', 'AAA', 'XBT9']],
    ['VOLUME_24H', true, ['USDT', 'ETH', 'BTC', 'AAA', 'XBT9']],
  ] as const)(
    'is sorted by %s, descending %s, with missing values last',
    (by, descending, expected) => {
      expect(choose({}, { by, descending })).toEqual(expected)
    },
  )

  it.each([
    [false, ['BTC', 'USDT', 'ETH', 'XBT9', 'AAA']], // 比特币, 泰达币, 以太坊, then those in Latin letters
    [true, ['AAA', 'XBT9', 'ETH', 'USDT', 'BTC']],
  ] as const)(
    'is sorted by Chinese names as Chinese orders them, descending %s',
    (descending, expected) => {
      expect(choose({}, { by: 'NAME', descending, language: 'zh-CN' })).toEqual(expected)
    },
  )

  it.each(sortColumns)('is sorted by %s in the same way from any start', (by) => {
    const order = { by, descending: true }
    const backward = chooseAssets([...assets].reverse(), everything, order)
    expect(backward).toEqual(chooseAssets(assets, everything, order))
  })

  it.each([
    [{ search: 'bit' }, ['BTC']],
    [{ search: 'eth' }, ['ETH', 'USDT']], // Tether too
    [{ search: 'xbt' }, ['XBT9']],
    [{ search: '比特' }, ['BTC']],
    [{ search: 'ＢÍＴ' }, ['BTC']],
    [{ search: '%' }, []],
    [{ category: 'MAJOR' }, ['BTC', 'ETH']],
    [{ activeOnly: true }, ['BTC', 'ETH', 'USDT']],
    [{ assetIds: ['ETH', 'NOPE', 'XBT9'] }, ['ETH', 'XBT9']],
    [{ assetIds: [] }, []],
    [{ assetIds: ['ETH', 'XBT9'], activeOnly: true }, ['ETH']],
  ] as const)('lets through what %j asks for', (choice, expected) => {
    expect(choose(choice)).toEqual(expected)
  })
})
