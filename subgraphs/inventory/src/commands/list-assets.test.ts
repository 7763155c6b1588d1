import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeCursor } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import { price } from '@cnop/kit/money'
import { createCatalogue } from '../catalogue.ts'
import type { AssetChoice, AssetOrder } from '../domain/sort-assets.ts'
import { createFrozenLists } from '../frozen-lists.ts'
import { asset } from '../testing/assets.ts'
import { listAssets, type ListQuestion } from './list-assets.ts'

const everything: AssetChoice = {
  search: undefined,
  category: undefined,
  activeOnly: true,
  assetIds: undefined,
}
const byPrice: AssetOrder = { by: 'PRICE', descending: true }
const tickers = Array.from({ length: 25 }, (_, place) => `A${place}`)

let catalogue: ReturnType<typeof createCatalogue>
let lists: ReturnType<typeof createFrozenLists>

/** Every asset at a price that the function gives it. */
const setPrices = (priceOf: (place: number) => number) =>
  catalogue.replace(
    new Map(tickers.map((ticker, place) => [ticker, asset(ticker, String(priceOf(place)))])),
    '2026-01-05T10:00:00.000Z',
  )

beforeEach(() => {
  catalogue = createCatalogue()
  lists = createFrozenLists('replica')
  setPrices((place) => 100 - place)
})

const ask = (question: Partial<ListQuestion> = {}, from = lists) =>
  listAssets(
    { catalogue, lists: from },
    { choice: everything, order: byPrice, first: 10, after: undefined, ...question },
  )

/** All pages, with something happening between two of them. */
function readAll(between: (page: number) => void = () => undefined, from = () => lists): string[] {
  const seen: string[] = []
  let after: string | null = null
  for (let page = 0; page < 10; page++) {
    const answer = ask({ after }, from())
    seen.push(...answer.nodes.map(({ assetId }) => assetId))
    if (!answer.pageInfo.hasNextPage) return seen
    after = answer.pageInfo.endCursor
    between(page)
  }
  return seen
}

describe('pages of assets', () => {
  it('hold every asset once, in order', () => {
    expect(readAll()).toEqual(tickers)
  })

  it('neither repeat nor skip an asset while the order of prices changes', () => {
    expect(readAll((page) => setPrices((place) => (page % 2 ? 100 - place : place + 1)))).toEqual(
      tickers,
    )
  })

  it('show the prices of now', () => {
    const { pageInfo } = ask()
    setPrices(() => 7)
    const { nodes } = ask({ after: pageInfo.endCursor })
    expect(nodes.every((one) => one.price === price('7'))).toBe(true)
  })

  it('go on in another replica behind the same asset', () => {
    expect(readAll(undefined, () => createFrozenLists('other'))).toEqual(tickers)
  })

  it('count all assets that the filter lets through', () => {
    const choice = { ...everything, assetIds: ['A1', 'A2', 'A3'] }
    const answer = ask({ choice, first: 2 })
    expect(answer).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } })
    const last = ask({ choice, first: 2, after: answer.pageInfo.endCursor })
    expect(last).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: false } })
  })

  it('are empty without a cursor when nothing matches', () => {
    expect(ask({ choice: { ...everything, search: 'nothing' } })).toEqual({
      nodes: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, endCursor: null },
    })
  })

  it.each([0, -1, 251, 1.5])('refuse a size of %s', (first) => {
    expect(() => ask({ first })).toThrow(BadInput)
  })

  it('have 50 assets by default', () => {
    expect(ask({ first: null }).nodes).toHaveLength(25)
    expect(ask({ first: 250 }).nodes).toHaveLength(25)
  })

  it.each(['nonsense', encodeCursor(['a', 'b', 'c', 'd']), encodeCursor(['a', 'b'])])(
    'refuse the cursor %s',
    (after) => {
      expect(() => ask({ after })).toThrow(BadInput)
    },
  )

  it('refuse the cursor of another list', () => {
    const { endCursor } = ask().pageInfo
    expect(() => ask({ after: endCursor, order: { by: 'NAME', descending: false } })).toThrow(
      BadInput,
    )
  })

  it('forget the oldest orders only', () => {
    const { pageInfo } = ask()
    for (let round = 0; round < 999; round++) {
      setPrices((place) => place + 1)
      ask()
    }
    expect(ask({ after: pageInfo.endCursor }).nodes[0]!.assetId).toBe('A10')
    setPrices((place) => place + 1)
    ask()
    expect(ask({ after: pageInfo.endCursor }).nodes[0]!.assetId).not.toBe('A10')
  })
})
