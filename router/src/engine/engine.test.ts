import { describe, expect, it } from '@jest/globals'
import { isScalarType } from 'graphql'
import type { Engine, EngineOptions } from './engine.ts'
import { openEngine } from './testing/engine.ts'
import { startSubgraphs, type TestSubgraph, type TestSubgraphs } from './testing/subgraphs.ts'
import { execute } from './testing/request.ts'

const shop: Record<string, TestSubgraph> = {
  users: {
    sdl: 'type Query { users: [User!]! me: User } type User @key(fields: "id") { id: ID! name: String }',
    resolvers: {
      Query: {
        users: () => [
          { id: 1, name: 'Ada' },
          { id: 2, name: 'Öz "x"' },
        ],
        me: () => ({ id: 1, name: 'Ada' }),
      },
    },
  },
  reviews: {
    sdl: `type User @key(fields: "id") { id: ID! reviews: [Review!] }
      type Review { body: String! product: Product }
      type Product @key(fields: "upc") { upc: String! }`,
    resolvers: {
      User: {
        reviews: () => [
          { body: 'good', product: { upc: 'p1' } },
          { body: 'bad', product: { upc: 'p2' } },
        ],
      },
    },
  },
  products: {
    sdl: 'type Query { top: [Product!] } type Product @key(fields: "upc") { upc: String! name: String! price: Int }',
    resolvers: {
      Query: { top: () => [{ upc: 'p1' }] },
      Product: {
        name: ({ upc }: { upc: string }) => {
          if (upc === 'p2') throw new Error('No name.')
          return `name of ${upc}`
        },
        price: () => 3,
      },
    },
  },
  stock: {
    sdl: `type Product @key(fields: "upc") { upc: String! price: Int @external inStock: Boolean
      shipping: Int @requires(fields: "price") }`,
    resolvers: {
      Product: { inStock: () => true, shipping: ({ price }: { price: number }) => price * 2 },
    },
  },
}

async function open(
  subgraphs: Record<string, TestSubgraph> = shop,
  options: Partial<EngineOptions<Record<string, unknown>>> = {},
): Promise<{ engine: Engine; world: TestSubgraphs }> {
  const world = startSubgraphs(subgraphs)
  const { supergraphSdl, transport } = world
  return { engine: await openEngine({ supergraphSdl, transport, ...options }), world }
}

const wide = `{ users { name reviews { body product { upc shipping inStock } } } }`

describe.each([
  ['with generated code', {}],
  ['without generated code', { isGenerated: false }],
])('the compiled executor %s', (_name, options) => {
  it('returns the same result as the stock executor', async () => {
    const { engine } = await open(shop, options)
    const { engine: stock } = await open(shop, { executor: 'stock' })
    const answer = await execute(engine, { query: wide })
    expect(answer).toEqual(await execute(stock, { query: wide }))
    expect(answer.errors).toBeUndefined()
    expect(answer.data).toMatchObject({ users: [{ name: 'Ada' }, { name: 'Öz "x"' }] })
  })

  it('fetches each entity once, and fills every place that selects it', async () => {
    const { engine, world } = await open(shop, options)
    await execute(engine, { query: wide })
    const products = world.calls.find((call) => call.service === 'products')
    expect(products?.variables['representations']).toEqual([
      { __typename: 'Product', upc: 'p1' },
      { __typename: 'Product', upc: 'p2' },
    ])
  })

  it('reports an error of one entity at every place that shows it', async () => {
    const { engine } = await open(shop, options)
    const { errors, data } = await execute(engine, {
      query: '{ users { reviews { product { upc name } } } }',
    })
    expect(errors?.map((error) => error.path)).toEqual([
      ['users', 0, 'reviews', 1, 'product', 'name'],
      ['users', 1, 'reviews', 1, 'product', 'name'],
    ])
    expect(errors?.[0]?.extensions).toMatchObject({
      serviceName: 'products',
      code: expect.any(String) as unknown,
    })
    expect(data).toMatchObject({
      users: [
        { reviews: [{ product: { name: 'name of p1' } }, { product: null }] },
        { reviews: [{ product: { name: 'name of p1' } }, { product: null }] },
      ],
    })
  })

  it('reports an unavailable service at the fields of its call', async () => {
    const { engine, world } = await open(shop, options)
    world.down.add('reviews')
    const { errors, data } = await execute(engine, {
      query: '{ users { mine: name reviews { body } } }',
    })
    expect(data).toEqual({
      users: [
        { mine: 'Ada', reviews: null },
        { mine: 'Öz "x"', reviews: null },
      ],
    })
    expect(errors).toEqual(
      [0, 1].map((index) => ({
        message: 'The service "reviews" is unavailable.',
        path: ['users', index, 'reviews'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'reviews' },
      })),
    )
  })

  it('hides addresses in errors of the transport', async () => {
    const { supergraphSdl } = startSubgraphs(shop)
    const transport = { send: () => Promise.reject(new Error('connect http://10.0.0.7:4001')) }
    const engine = await openEngine({ supergraphSdl, transport, ...options })
    const answer = await execute(engine, { query: '{ top { upc } }' })
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7')
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_UNAVAILABLE')
    expect(answer.errors?.[0]?.path).toEqual(['top'])
  })

  it('notes a null for a non-null field the way the stock executor does', async () => {
    const subgraphs = {
      ...shop,
      products: { ...shop['products'], sdl: String(shop['products']?.sdl), resolvers: {} },
    }
    const { engine } = await open(subgraphs, options)
    const { engine: stock } = await open(subgraphs, { executor: 'stock' })
    const query = '{ users { reviews { product { upc name } } } }'
    const answer = await execute(engine, { query })
    expect(answer.data).toEqual((await execute(stock, { query })).data)
  })

  it('answers introspection from the API schema', async () => {
    const { engine, world } = await open(shop, options)
    const query =
      'query($name: String!) { __type(name: $name) { ...T } __typename } fragment T on __Type { name kind }'
    const answer = await execute(engine, { query, variables: { name: 'Product' } })
    expect(answer.data).toEqual({
      __type: { name: 'Product', kind: 'OBJECT' },
      __typename: 'Query',
    })
    expect(world.calls).toHaveLength(0)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'treats the alias %s as a name like any other',
    async (alias) => {
      const { engine } = await open(shop, options)
      const { data } = await execute(engine, {
        query: `{ ${alias}: users { ${alias}: name reviews { ${alias}: product { upc shipping } } } }`,
      })
      const root = Object.entries(data as object)
      expect(root).toHaveLength(1)
      expect(root[0]?.[0]).toBe(alias)
      expect(JSON.stringify(root[0]?.[1])).toContain('"shipping":6')
    },
  )

  it('follows @skip and @include for each request on its own', async () => {
    const { engine, world } = await open(shop, options)
    const query = `query($with: Boolean! = false) { me { name reviews @include(if: $with) { body } id @skip(if: $with) } }`
    expect((await execute(engine, { query })).data).toEqual({ me: { name: 'Ada', id: '1' } })
    expect(world.calls.map((call) => call.service)).toEqual(['users'])
    expect((await execute(engine, { query, variables: { with: true } })).data).toEqual({
      me: { name: 'Ada', reviews: [{ body: 'good' }, { body: 'bad' }] },
    })
  })

  it('refuses bad variables before any call', async () => {
    const { engine, world } = await open(shop, options)
    const query = 'query($with: Boolean!) { me { name @include(if: $with) } }'
    const { errors } = await execute(engine, { query, variables: { with: 'no' } })
    expect(errors?.[0]?.message).toContain('$with')
    // As JSON.parse reads 1e400: the subgraph would get null.
    const infinite = await execute(engine, { query, variables: { with: true, more: [Infinity] } })
    expect(infinite.errors?.[0]?.message).toBe(
      'Variable "$more" got invalid value Infinity at "more[0]"; The number is too large.',
    )
    expect(world.calls).toHaveLength(0)
  })
})

it('swaps supergraphs without a gap, and runs a request on the one it was validated against', async () => {
  const before = startSubgraphs({
    a: { sdl: 'type Query { one: Int }', resolvers: { Query: { one: () => 1 } } },
  })
  const after = startSubgraphs({
    a: { sdl: 'type Query { two: Int }', resolvers: { Query: { two: () => 2 } } },
  })
  const transports = [before.transport, after.transport]
  let isSwapped = false
  const engine = await openEngine({
    supergraphSdl: before.supergraphSdl,
    transport: {
      send: (call) => {
        const transport = transports[isSwapped ? 1 : 0]
        if (!transport) throw new Error('There is no transport.')
        return transport.send(call)
      },
    },
  })
  const seen: string[] = []
  engine.gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    seen.push(Object.keys(apiSchema.getQueryType()?.getFields() ?? {}).join())
  })
  await engine.gateway.load({ apollo: {} })
  expect((await execute(engine, { query: '{ one }' })).data).toEqual({ one: 1 })
  await engine.load(after.supergraphSdl, [{ document: '{ two }' }, { document: '{ gone }' }])
  expect(engine.heldOperations()).toBe(1)
  isSwapped = true
  expect((await execute(engine, { query: '{ two }' })).data).toEqual({ two: 2 })
  expect(seen).toEqual(['one', 'two'])
})

it('bounds the number of compiled operations', async () => {
  const { engine } = await open(shop, { mostOperations: 3 })
  for (let index = 0; index < 10; index += 1) {
    await execute(engine, { query: `{ a${index}: me { name } }` })
  }
  expect(engine.heldOperations()).toBe(3)
})

it('parses custom scalars with the parsers of the router', async () => {
  const { engine, world } = await open(
    { bank: { sdl: 'scalar Money type Query { double(of: Money!): Money }' } },
    {
      transformApiSchema: (schema) => {
        const money = schema.getType('Money')
        if (isScalarType(money)) {
          money.parseValue = (value) => {
            if (!/^\d+\.\d\d$/.test(String(value))) throw new TypeError('Not money.')
            return value
          }
        }
        return schema
      },
    },
  )
  const query = 'query($of: Money!) { double(of: $of) }'
  const { errors } = await execute(engine, { query, variables: { of: '1.234' } })
  expect(errors?.[0]?.message).toContain('Not money.')
  expect(world.calls).toHaveLength(0)
})
