/** Requests that are executed without Apollo Server are answered as those that go through it. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'
import { stringifyResult } from '../write/body.ts'
import { createDocumentCheck } from './document-check.ts'
import { graphqlHandler } from './http.ts'
import { openPlainRequests } from './plain-requests.ts'

const shop = {
  sdl: `type Query { item(id: ID!): Item items: [Item!] wrong: Int! } type Mutation { rename(name: String!): Item }
    type Item { id: ID! name: String fails: Int }`,
  resolvers: {
    Query: {
      item: (_root: unknown, { id }: { id: string }) => ({ id, name: `Item ${id} "ü"` }),
      items: () => [{ id: 1 }, { id: 2, name: 'Two' }],
      wrong: () => null,
    },
    Mutation: { rename: (_root: unknown, { name }: { name: string }) => ({ id: 1, name }) },
    Item: {
      fails: () => {
        throw new Error('No.')
      },
    },
  },
}

const limits = {
  tokens: 1_000,
  fields: 100,
  depth: 10,
  aliases: 10,
  rootFields: 10,
  directives: 10,
}
const world = startSubgraphs({ shop })
let maxAge = ''
/** How many requests Apollo Server has executed. */
let throughApollo = 0
let servers: readonly { readonly http: Server; readonly apollo: ApolloServer }[] = []

/** A server with plain requests, or without. */
async function start(isPlain: boolean) {
  const transport: typeof world.transport = {
    send: async (call) => ({ ...(await world.transport.send(call)), cacheControl: maxAge }),
  }
  const engine = await openEngine({ supergraphSdl: world.supergraphSdl, transport })
  const plain = openPlainRequests(engine, 100, { mostBytes: 1_000_000, bytesOf: () => 0 })
  const apollo = new ApolloServer({
    gateway: isPlain ? plain.gateway : engine.gateway,
    stringifyResult,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      {
        requestDidStart: () => {
          throughApollo += 1
          return Promise.resolve()
        },
      },
    ],
  })
  await apollo.start()
  const answer = graphqlHandler(apollo, {
    mostBodyBytes: 10_000,
    documents: createDocumentCheck(limits),
    plain: isPlain ? plain : undefined,
    contextOf: () => ({}),
  })
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return { http, apollo }
}

beforeAll(async () => {
  servers = await Promise.all([true, false].map(start))
})

beforeEach(() => {
  maxAge = 'no-store'
})

afterAll(async () => {
  for (const { http, apollo } of servers) {
    http.closeAllConnections()
    http.close()
    await apollo.stop()
  }
})

type Headers = Readonly<Record<string, string>>

async function ask({ http }: (typeof servers)[number], body: unknown, headers: Headers = {}) {
  const { port } = http.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const kept = ['content-type', 'cache-control', 'content-length'] as const
  return {
    status: response.status,
    headers: kept.map((name) => response.headers.get(name)),
    body: await response.text(),
  }
}

/** Asks twice, because the first request of a document is never plain, and the server that has no plain ones. */
async function askAll(body: unknown, headers?: Headers) {
  const [own, other] = servers
  if (!own || !other) throw new Error('The servers have not started.')
  const expected = await ask(other, body, headers)
  expect(await ask(own, body, headers)).toEqual(expected)
  throughApollo = 0
  world.calls.length = 0
  expect(await ask(own, body, headers)).toEqual(expected)
  return expected
}

const item = 'query One($id: ID!) { item(id: $id) { id name } }'

it.each<[string, unknown, Headers]>([
  ['a query', { query: '{ items { id name } }' }, {}],
  ['variables', { query: item, variables: { id: 'a' }, operationName: 'One' }, {}],
  [
    'nulls for what is absent',
    { query: '{ items { id } }', variables: null, operationName: null },
    {},
  ],
  ['a mutation', { query: 'mutation { rename(name: "x") { id name } }' }, {}],
  [
    'one of two operations',
    { query: `${item} query Two { items { id } }`, operationName: 'Two' },
    {},
  ],
  [
    'the newer content type',
    { query: '{ items { id } }' },
    { accept: 'application/graphql-response+json' },
  ],
])('are executed without it: %s', async (_name, body, headers) => {
  await askAll(body, headers)
  expect([throughApollo, world.calls.length]).toEqual([0, 1])
})

it('carry the age that their subgraphs allow', async () => {
  maxAge = 'max-age=7, private'
  const { headers } = await askAll({ query: '{ items { id } }' })
  expect(headers[1]).toBe('max-age=7, private')
  expect(throughApollo).toBe(0)
})

it.each<[string, unknown, readonly [throughApollo: number, calls: number], Headers]>([
  ['errors', { query: '{ items { id fails } }' }, [1, 1], {}],
  ['a mutation with errors', { query: 'mutation { rename(name: "x") { fails } }' }, [1, 1], {}],
  ['no data', { query: '{ wrong }' }, [1, 1], {}],
  ['a variable of another type', { query: item, variables: { id: {} } }, [1, 0], {}],
  ['an unknown operation', { query: item, operationName: 'Other' }, [1, 0], {}],
  ['an invalid document', { query: '{ other }' }, [1, 0], {}],
  ['no text', { query: 1 }, [0, 0], {}],
  ['extensions', { query: '{ items { id } }', extensions: {} }, [1, 1], {}],
  ['another type of body', { query: '{ items { id } }' }, [0, 0], { 'content-type': 'text/plain' }],
  ['an unknown type of response', { query: '{ items { id } }' }, [1, 1], { accept: 'text/css' }],
])('are left to it, and executed once: %s', async (_name, body, counts, headers) => {
  await askAll(body, headers)
  expect([throughApollo, world.calls.length]).toEqual(counts)
})
