import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { StoreCall } from '@cnop/kit/dynamo-middleware'
import { observeCalls } from '@cnop/kit/dynamo-middleware'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let count = 0
const calls: StoreCall[] = []
let rowsRead = 0

const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }`
const page = '{ nodes { id status } pageInfo { hasNextPage endCursor } }'
const variableTypes = { first: 'Int', after: 'String', filter: 'OrderFilter' }

/** GraphQL refuses variables that are declared and not used. */
const entity = (body: string): string => {
  const used = Object.entries(variableTypes).filter(([name]) => body.includes(`$${name}`))
  const declared = used.map(([name, type]) => `$${name}: ${type}`).join(', ')
  return `query ($of: [_Any!]!, ${declared}) { _entities(representations: $of) { ${body} } }`
}

interface Page {
  readonly nodes: readonly { readonly id: string; readonly status: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

async function order(username: string, input: object): Promise<string> {
  const key = `key-${String(++count).padStart(8, '0')}`
  const base = { key, side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '100' }
  const answer = await world.ask(username, place, { input: { ...base, ...input } })
  expect(answer.errors).toBeUndefined()
  return (answer.data!['placeOrder'] as { order: { id: string } }).order.id
}

const limit = (limitPrice: string, more: object = {}) => ({ type: 'LIMIT', limitPrice, ...more })

async function entities(
  asker: string | undefined,
  body: string,
  of: object[],
  variables: object = {},
) {
  const answer: Answer = await world.ask(asker, entity(body), { of, ...variables })
  const list = answer.data?.['_entities'] as Record<string, Page | null>[] | undefined
  return { list: list ?? [], codes: answer.errors?.map(({ extensions }) => extensions.code) }
}

const user = { __typename: 'User', username: 'alice_1' }
const portfolio = { __typename: 'Portfolio', username: 'alice_1' }

async function pageOf(
  body: string,
  of: object,
  variables: object = {},
  field = 'page',
): Promise<Page> {
  const { list, codes } = await entities('alice_1', body, [of], variables)
  expect(codes).toBeUndefined()
  return list[0]![field]!
}

const orders = (variables: object) =>
  pageOf(
    `... on User { page: orders(first: $first, after: $after, filter: $filter) ${page} }`,
    user,
    variables,
  )
const idsOf = ({ nodes }: Page): string[] => nodes.map(({ id }) => id)

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_JOBS: 'false' })
  const { middlewareStack } = world.main.deps.store.db.documents
  observeCalls(middlewareStack, (call) => calls.push(call))
  middlewareStack.add((next) => async (args) => {
    const result = await next(args)
    rowsRead += (result.output as { readonly Items?: readonly unknown[] }).Items?.length ?? 0
    return result
  })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await world.openUser('alice_1', '10000')
  await world.openUser('bobby_1', '10000')
})

describe('User.orders', () => {
  it('pages newest first, and no order that comes in meanwhile moves a page', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index += 1) ids.unshift(await order('alice_1', {}))
    await order('bobby_1', {})
    const first = await orders({ first: 2 })
    expect(idsOf(first)).toEqual(ids.slice(0, 2))
    expect(first.pageInfo.hasNextPage).toBe(true)
    await order('alice_1', {})
    const second = await orders({ first: 2, after: first.pageInfo.endCursor })
    expect(idsOf(second)).toEqual(ids.slice(2, 4))
    const last = await orders({ first: 2, after: second.pageInfo.endCursor })
    expect(idsOf(last)).toEqual(ids.slice(4))
    expect(last.pageInfo.hasNextPage).toBe(false)
  })

  it('filters by status, side, type and asset, and pages through what is left', async () => {
    const buys = [await order('alice_1', {}), await order('alice_1', {})]
    const sale = await order('alice_1', { side: 'SELL' })
    const waiting = await order('alice_1', limit('0.01'))
    const other = await order('alice_1', { assetId: 'BTC', quantity: '0.001' })
    const filtered = async (filter: object, more: object = {}) =>
      idsOf(await orders({ filter, ...more }))
    expect(await filtered({ side: 'SELL' })).toEqual([sale])
    expect(await filtered({ type: 'LIMIT' })).toEqual([waiting])
    expect(await filtered({ assetId: 'btc' })).toEqual([other])
    expect(await filtered({ assetIds: ['eth', 'btc'] })).toEqual([other])
    expect(await filtered({ assetIds: [] })).toEqual([])
    expect(await filtered({ statuses: ['PENDING', 'CANCELLED'] })).toEqual([waiting])
    expect(await filtered({ statuses: [] })).toEqual([])
    const filter = { side: 'BUY', statuses: ['COMPLETED'], assetId: 'DOGE' }
    const first = await orders({ filter, first: 1 })
    expect(idsOf(first)).toEqual([buys[1]])
    const second = await orders({ filter, first: 1, after: first.pageInfo.endCursor })
    expect(idsOf(second)).toEqual([buys[0]])
    expect(second.pageInfo.hasNextPage).toBe(false)
  })

  it('reads no others to find open orders, in pages too', async () => {
    const waiting = [await order('alice_1', limit('0.01')), await order('alice_1', limit('0.02'))]
    for (let index = 0; index < 3; index += 1) await order('alice_1', {})
    rowsRead = 0
    const filter = { statuses: ['PENDING'], assetId: 'DOGE' }
    const first = await orders({ filter, first: 1 })
    expect(rowsRead).toBe(2)
    expect(idsOf(first)).toEqual([waiting[1]])
    const second = await orders({ filter, first: 1, after: first.pageInfo.endCursor })
    expect(idsOf(second)).toEqual([waiting[0]])
  })

  it('shows an empty page as empty, and refuses a size or a cursor that is none', async () => {
    expect(await orders({})).toEqual({
      nodes: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    })
    const body = `... on User { page: orders(first: $first, after: $after) ${page} }`
    const codesOf = async (variables: object) =>
      (await entities('alice_1', body, [user], variables)).codes
    expect(await codesOf({ first: 0 })).toEqual(['BAD_USER_INPUT'])
    expect(await codesOf({ first: 101 })).toEqual(['BAD_USER_INPUT'])
    expect(await codesOf({ after: 'nonsense' })).toEqual(['BAD_USER_INPUT'])
  })

  it('is visible to its owner only', async () => {
    const body = `... on User { page: orders ${page} }`
    expect((await entities('bobby_1', body, [user])).codes).toEqual(['FORBIDDEN'])
    expect((await entities(undefined, body, [user])).codes).toEqual(['UNAUTHENTICATED'])
  })
})

describe('Portfolio, Holding and Asset', () => {
  it('show open orders, recent orders, fills, and the caller’s orders of an asset', async () => {
    const buy = await order('alice_1', {})
    const waiting = await order('alice_1', limit('0.01'))
    const newest = await order('alice_1', limit('0.02'))
    await order('bobby_1', {})
    const open = await pageOf(`... on Portfolio { page: openOrders(first: 1) ${page} }`, portfolio)
    expect(open).toMatchObject({ nodes: [{ id: newest }], pageInfo: { hasNextPage: true } })
    const after = open.pageInfo.endCursor
    const more = `... on Portfolio { page: openOrders(after: $after) ${page} }`
    expect(idsOf(await pageOf(more, portfolio, { after }))).toEqual([waiting])
    const recent = `... on Portfolio { page: recentOrders(first: 2) ${page} }`
    expect(idsOf(await pageOf(recent, portfolio))).toEqual([newest, waiting])
    const holding = { __typename: 'Holding', username: 'alice_1', assetId: 'DOGE' }
    expect(idsOf(await pageOf(`... on Holding { page: fills ${page} }`, holding))).toEqual([buy])
    const asset = { __typename: 'Asset', id: 'DOGE' }
    expect(idsOf(await pageOf(`... on Asset { page: myOrders ${page} }`, asset))).toEqual([
      newest,
      waiting,
      buy,
    ])
  })

  it('batch many assets and orders into one read each', async () => {
    // Jobs read single rows, such as their leases, at any time.
    const listReads = () => calls.filter(({ command }) => command !== 'GetItem')
    const ids: string[] = []
    for (let index = 0; index < 6; index += 1) ids.push(await order('alice_1', {}))
    const assets = ['BTC', 'DOGE', 'OLD', 'NONE'].map((id) => ({ __typename: 'Asset', id }))
    calls.length = 0
    const { list } = await entities('alice_1', `... on Asset { page: myOrders ${page} }`, assets)
    expect(list.map(({ page }) => page!.nodes.length)).toEqual([0, 6, 0, 0])
    expect(listReads()).toHaveLength(1)
    const others = await order('bobby_1', {})
    calls.length = 0
    const references = [...ids, others, 'ord_999999', '?'].map((id) => ({
      __typename: 'Order',
      id,
    }))
    const body = '... on Order { id receipt { kind } }'
    const found = await entities('alice_1', body, references)
    expect(found.list.map((entry) => (entry as unknown as { id: string } | null)?.id)).toEqual([
      ...ids,
      undefined,
      undefined,
      undefined,
    ])
    expect(listReads()).toHaveLength(2)
  })
})
