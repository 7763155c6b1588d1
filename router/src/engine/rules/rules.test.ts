import { composeServices } from '@apollo/composition'
import { afterEach, expect, it } from '@jest/globals'
import { buildSchema, execute, parse } from 'graphql'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { createEngine, type Engine, type EngineOptions } from '../engine.ts'
import { executeRaw } from '../testing/request.ts'
import type { Rights } from './variants.ts'

const imports =
  '["@key", "@shareable", "@override", "@requires", "@external", "@authenticated", "@requiresScopes", "@policy"]'
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${imports})\n`

const engines: Engine[] = []

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.stop()
})

/** Services whose fields all have the name of the service as their value; `asked` collects the services of calls. */
async function open(sdls: Record<string, string>, options: Partial<EngineOptions<unknown>> = {}) {
  const services = Object.entries(sdls).map(([name, sdl]) => ({
    name,
    url: `http://${name}.invalid`,
    typeDefs: parse(link + sdl),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (!supergraphSdl) throw new Error(errors?.join('\n'))
  const schemas = new Map(
    services.map(({ name, typeDefs }) => [name, buildSubgraphSchema([{ typeDefs }])]),
  )
  const asked: string[] = []
  const engine = await createEngine<unknown>({
    supergraphSdl,
    transport: {
      send: async ({ service, body }) => {
        const { query, variables } = JSON.parse(body) as { query: string; variables: object }
        asked.push(query.replaceAll(/\s+/g, ' '))
        const value = await execute({
          schema: schemas.get(service) ?? buildSchema(''),
          document: parse(query),
          variableValues: { ...variables },
          fieldResolver: (source: Record<string, unknown> = {}, _args, _context, info) =>
            source[info.fieldName] ?? valueOf(String(info.returnType), service),
          typeResolver: (source: { __typename: string }) => source.__typename,
        })
        return { value: JSON.parse(JSON.stringify(value)) as unknown }
      },
    },
    ...options,
  })
  engines.push(engine)
  return { engine, asked }
}

function valueOf(type: string, service: string): unknown {
  if (/^\[/.test(type)) return [valueOf(type.replaceAll(/[[\]!]/g, ''), service)]
  const name = type.replace('!', '')
  return name === 'ID' || name === 'String'
    ? service
    : { __typename: name === 'Node' ? 'User' : name, id: '1' }
}

const ask = async (engine: Engine, query: string) => {
  const { data, errors } = await executeRaw(engine, { query })
  const seen = errors?.map(({ message, path, extensions }) => [
    message,
    path?.join('.'),
    extensions['code'],
  ])
  return { data: data && (JSON.parse(JSON.stringify(data)) as unknown), errors: seen }
}

const moving = {
  old: 'type Query { user: User } type User @key(fields: "id") { id: ID! name: String mail: String }',
  fresh: `type User @key(fields: "id") { id: ID!
    name: String @override(from: "old", label: "percent(25)")
    mail: String @override(from: "old", label: "beta") }`,
}

it('resolves a share of requests by the overriding service', async () => {
  let roll = 0
  const { engine } = await open(moving, { chance: () => roll })
  const nameAt = async (value: number) => {
    roll = value
    return (await ask(engine, '{ user { name } }')).data
  }
  const fresh = { user: { name: 'fresh' } }
  const old = { user: { name: 'old' } }
  expect([await nameAt(0), await nameAt(0.2499), await nameAt(0.25), await nameAt(0.9)]).toEqual([
    fresh,
    fresh,
    old,
    old,
  ])
  expect(await nameAt(0.1)).toEqual(fresh)
  expect(engine.heldOperations()).toBe(2)
})

it('decides a named label for each request, and keeps one plan where no label is concerned', async () => {
  const active = new Set<string>()
  const { engine } = await open(moving, {
    chance: () => 0.9,
    isLabelActive: (label) => active.has(label),
  })
  const query = '{ user { name mail } }'
  expect((await ask(engine, query)).data).toEqual({ user: { name: 'old', mail: 'old' } })
  active.add('beta')
  expect((await ask(engine, query)).data).toEqual({ user: { name: 'old', mail: 'fresh' } })
  await ask(engine, '{ user { id } }')
  active.clear()
  await ask(engine, '{ user { id } }')
  expect(engine.heldOperations()).toBe(3)
})

const secured = {
  users: `type Query { me: User @authenticated user: User node: Node list: [User!] }
    interface Node { id: ID! label: String }
    type User implements Node @key(fields: "id") { id: ID! label: String @requiresScopes(scopes: [["a", "b"], ["c"]]) name: String secret: Secret code: Code
      strict: String! @requiresScopes(scopes: [["strict"]]) }
    type Book implements Node { id: ID! label: String @shareable }
    type Secret @authenticated { text: String }
    scalar Code @authenticated`,
  mails: 'type User @key(fields: "id") { id: ID! mail: String @authenticated }',
}

const code = 'UNAUTHORIZED_FIELD_OR_TYPE'
const refused = (path: string) => ['Unauthorized field or type', path, code]

it('filters what the caller may not read, calls no service for it, and names it', async () => {
  const { engine, asked } = await open(secured)
  const query =
    '{ me { id } user { name mail } aliased: user { m: mail ...F } } fragment F on User { secret { text } }'
  expect(await ask(engine, query)).toEqual({
    data: { me: null, user: { name: 'users', mail: null }, aliased: { m: null, secret: null } },
    errors: [refused('me'), refused('user.mail'), refused('aliased.m'), refused('aliased.secret')],
  })
  expect(asked).toHaveLength(1)
  expect(asked[0]).not.toMatch(/\bme\b/)
  expect(await ask(engine, '{ user { mail } }')).toEqual({
    data: { user: { mail: null } },
    errors: [refused('user.mail')],
  })
})

it('passes the null of a refused field that is not nullable on to its parent', async () => {
  const { engine } = await open(secured)
  expect(await ask(engine, '{ user { name strict } list { strict } }')).toEqual({
    data: { user: null, list: null },
    errors: [refused('user.strict'), refused('list.strict')],
  })
})

it.each([true, false])(
  'does not show a refused field that a service sends unasked; with generated code: %s',
  async (isGenerated) => {
    const value = { data: { user: { name: 'n', mail: 'told' } } }
    const transport = { send: () => Promise.resolve({ value: structuredClone(value) }) }
    const { engine } = await open(secured, { isGenerated, transport })
    expect(await ask(engine, '{ user { name mail } }')).toEqual({
      data: { user: { name: 'n', mail: null } },
      errors: [refused('user.mail')],
    })
  },
)

it('executes nothing where nothing may be read', async () => {
  const { engine, asked } = await open(secured)
  expect(await ask(engine, '{ me { id } ... on Query { other: me { name } } }')).toEqual({
    data: null,
    errors: [refused('me'), refused('other')],
  })
  expect(asked).toEqual([])
})

it.each([
  ['no scopes', [], false],
  ['one of two scopes', ['a'], false],
  ['all scopes of a list', ['a', 'b'], true],
  ['another list', ['c'], true],
])('with %s', async (_name, scopes, isReadable) => {
  const rights: Rights = { isAuthenticated: true, scopes: new Set(scopes) }
  const { engine } = await open(secured, { rights: () => rights })
  expect(
    (await ask(engine, '{ me { id mail code } user { label } node { label } }')).data,
  ).toMatchObject({
    me: { mail: 'mails' },
    user: { label: isReadable ? 'users' : null },
    // A field of an interface has the rules of all its types.
    node: { label: isReadable ? 'users' : null },
  })
})

it('rejects the whole operation where it is configured to', async () => {
  const { engine, asked } = await open(secured, { refuses: 'operation' })
  expect(await ask(engine, '{ user { name mail } }')).toEqual({
    data: undefined,
    errors: [refused('user.mail')],
  })
  expect(asked).toEqual([])
  expect((await ask(engine, '{ user { name } }')).data).toEqual({ user: { name: 'users' } })
})

it('shares no plan and no result between callers with different rights', async () => {
  const none: Rights = { isAuthenticated: false, scopes: new Set() }
  let rights: Rights = none
  const { engine } = await open(secured, {
    rights: () => rights,
    share: () => '',
    shareRequests: () => '',
  })
  const query = '{ user { mail } }'
  const first = ask(engine, query)
  rights = { isAuthenticated: true, scopes: new Set() }
  const second = ask(engine, query)
  expect((await first).data).toEqual({ user: { mail: null } })
  expect((await second).data).toEqual({ user: { mail: 'mails' } })
})

it('refuses to load a supergraph with policies, and rules of access for the stock executor', async () => {
  const sdl = 'type Query { a: String @policy(policies: [["p"]]) }'
  await expect(open({ a: sdl })).rejects.toThrow(/Query\.a by @policy/)
  await expect(open(secured, { executor: 'stock' })).rejects.toThrow(/access rules/)
})
