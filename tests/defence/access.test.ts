import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { listUnrefusable, readAccessRules } from '@cnop/schema/access'
import { buildSchema } from 'graphql'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe('an operation that selects fields beyond the rights of an anonymous caller', () => {
  it('returns public fields and refuses the others at their paths', async () => {
    const { status, data, errors, headers } = await world.stranger.ask(
      '{ me { username } assets(first: 2) { nodes { id myOrders { nodes { id } } } } }',
    )
    expect(status).toBe(200)
    expect(data).toEqual({
      me: null,
      assets: {
        nodes: [
          { id: 'BTC', myOrders: null },
          { id: 'ETH', myOrders: null },
        ],
      },
    })
    expect(errors.map(({ path, extensions }) => [extensions.code, path])).toEqual([
      ['UNAUTHENTICATED', ['me']],
      ['UNAUTHENTICATED', ['assets', 'nodes', 0, 'myOrders']],
      ['UNAUTHENTICATED', ['assets', 'nodes', 1, 'myOrders']],
    ])
    // No call was made to the user or the order subgraph.
    expect(headers.get('x-subgraph-calls')).toBe('1')
  })

  it('refuses through fragments and aliases, and reports nothing about skipped fields', async () => {
    const { status, data, errors } = await world.stranger.ask(
      `query Mixed($yes: Boolean!, $no: Boolean!) { ...Roots owner: me @include(if: $no) { username } }
       fragment Roots on Query { bitcoin: asset(id: "BTC") { ...Mine } user: me @skip(if: $yes) { email } }
       fragment Mine on Asset { name orders: myOrders { pageInfo { hasNextPage } } }`,
      { yes: true, no: false },
    )
    expect([status, data]).toEqual([200, { bitcoin: { name: 'Bitcoin', orders: null } }])
    expect(errors.map(({ path }) => path)).toEqual([['bitcoin', 'orders']])
  })

  it.each([
    ['nothing public', '{ me { username } }'],
    ['no public field in a fragment', '{ ...F } fragment F on Query { me { username } }'],
    [
      'a protected mutation beside a public one',
      'mutation { signOut { signedOutAt } signIn(input: { username: "nobody_here", password: "x" }) { username } }',
    ],
  ])('returns 401 for %s', async (_what, query) => {
    const { status, codes, data } = await world.stranger.ask(query)
    expect([status, codes, data]).toEqual([401, ['UNAUTHENTICATED'], undefined])
  })

  it('returns the whole document to a signed-in user, in either order of the callers', async () => {
    const query = '{ me { username } market { feed } }'
    const trader = await world.trader()
    const refused = await world.stranger.ask(query)
    const answered = await trader.ask(query)
    const again = await world.stranger.ask(query)
    expect(refused.data?.['me']).toBeNull()
    expect(answered.data?.['me']).toEqual({ username: trader.username })
    expect(again.data).toEqual(refused.data)
  })
})

describe('listUnrefusable', () => {
  const rules = (sdl: string) => {
    const directive = 'directive @access(rule: String!) on OBJECT | FIELD_DEFINITION'
    return listUnrefusable(buildSchema(`${directive}\n${sdl}`), readAccessRules(sdl))
  }

  it('names fields whose refusal would null a public parent', () => {
    const sdl = `
      type Query @access(rule: "PUBLIC") { open: Open! }
      type Open @access(rule: "PUBLIC") { name: String! secret: String! @access(rule: "OWNER") }`
    expect(rules(sdl)).toEqual(['Open.secret'])
  })

  it('accepts nullable fields and fields that cannot be reached without a token', () => {
    const sdl = `
      type Query @access(rule: "PUBLIC") { mine: Mine @access(rule: "OWNER") }
      type Mine @access(rule: "OWNER") { name: String! logs: String @access(rule: "ADMIN") }`
    expect(rules(sdl)).toEqual([])
  })
})
