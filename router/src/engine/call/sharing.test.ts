import { expect, it } from '@jest/globals'
import type { EngineOptions } from '../engine.ts'
import { openEngine } from '../testing/engine.ts'
import type { CallNotice } from '../transport.ts'
import { execute, executeRaw } from '../testing/request.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'

interface Visitor extends Record<string, unknown> {
  readonly user?: string
}

const subgraphs = {
  market: {
    sdl: `type Query { assets: [Asset!] } type Mutation { touch: [Asset!] }
      type Asset @key(fields: "id") { id: ID! tags: [Tag!] } type Tag { name: String }`,
    resolvers: {
      Query: {
        assets: () => [
          { id: 1, tags: [{ name: 'x' }] },
          { id: 2, tags: [] },
        ],
      },
      Mutation: { touch: () => [{ id: 1, tags: [] }] },
    },
  },
  mine: {
    sdl: `type Asset @key(fields: "id") { id: ID! note: String lots: [Lot!] } type Lot { size: Int }`,
    resolvers: { Asset: { note: () => 'mine', lots: () => [{ size: 1 }, { size: 2 }] } },
  },
}

async function open(options: Partial<EngineOptions<Visitor>> = {}) {
  const world = startSubgraphs(subgraphs)
  const { supergraphSdl, transport } = world
  const services = () => world.calls.map((call) => call.service).sort()
  return {
    world,
    services,
    engine: await openEngine<Visitor>({ supergraphSdl, transport, ...options }),
  }
}

const isPublicFetch: EngineOptions<Visitor>['isPublicFetch'] = ({ service }) => service === 'market'
const query = '{ assets { id tags { name } note lots { size } } }'

it('shares nothing unless configured to', async () => {
  const { engine, services } = await open()
  await Promise.all([execute(engine, { query }), execute(engine, { query })])
  expect(services()).toEqual(['market', 'market', 'mine', 'mine'])
})

it('shares public fetches in flight between all users, without identity, and no others', async () => {
  const { engine, world, services } = await open({ isPublicFetch })
  const answers = await Promise.all(
    ['ada', 'bob', undefined].map((user) =>
      execute(engine, { query, context: user === undefined ? {} : { user } }),
    ),
  )
  expect(services()).toEqual(['market', 'mine', 'mine', 'mine'])
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  for (const { service, call } of world.calls) {
    expect(call.isAnonymousPublic).toBe(service === 'market')
  }
})

it('joins no call of a service that refuses at once', async () => {
  const { world } = await open()
  const { supergraphSdl } = world
  let sent = 0
  const engine = await openEngine<Visitor>({
    supergraphSdl,
    isPublicFetch,
    transport: {
      isRefusing: () => sent > 0,
      send: () => {
        sent += 1
        return sent === 1 ? new Promise(() => undefined) : Promise.reject(new Error('refused'))
      },
    },
  })
  void execute(engine, { query: '{ assets { id } }' })
  const { errors } = await execute(engine, { query: '{ assets { id } }' })
  expect(errors).toHaveLength(1)
  expect(sent).toBe(2)
})

it('shares other fetches only between requests of one key', async () => {
  const { engine, services } = await open({ share: ({ user }) => user })
  const users = ['ada', 'ada', 'bob', undefined, undefined]
  await Promise.all(
    users.map((user) => execute(engine, { query, context: user === undefined ? {} : { user } })),
  )
  expect(services()).toEqual([...Array<string>(4).fill('market'), ...Array<string>(4).fill('mine')])
})

it('never shares calls of a mutation', async () => {
  const { engine, world } = await open({ isPublicFetch: () => true, share: () => '' })
  const mutation = 'mutation { touch { id note } }'
  await Promise.all([execute(engine, { query: mutation }), execute(engine, { query: mutation })])
  expect(world.calls).toHaveLength(4)
  expect(world.calls.some(({ call }) => call.isAnonymousPublic)).toBe(false)
})

it('gives every request objects of its own, so that later fetches of one do not show in another', async () => {
  const { engine } = await open({ isPublicFetch })
  const [wide, narrow] = await Promise.all([
    execute(engine, { query: '{ assets { id tags { name } note } }' }),
    execute(engine, { query: '{ assets { id tags { name } lots { size } } }' }),
  ])
  expect(wide.data).toEqual({
    assets: [
      { id: '1', tags: [{ name: 'x' }], note: 'mine' },
      { id: '2', tags: [], note: 'mine' },
    ],
  })
  expect(JSON.stringify(narrow.data)).not.toContain('note')
})

it('reports every fetch to the observer, and which of them joined another', async () => {
  const notices: (CallNotice<Visitor> & { errorCount?: number })[] = []
  const { engine } = await open({
    isPublicFetch,
    onCall: (notice) => {
      const seen = { ...notice }
      notices.push(seen)
      return ({ errorCount }) => Object.assign(seen, { errorCount })
    },
  })
  await Promise.all(
    ['ada', 'bob'].map((user) =>
      execute(engine, { query: '{ assets { id } }', context: { user } }),
    ),
  )
  expect(
    notices.map(({ isJoined, context, errorCount }) => [isJoined, context.user, errorCount]),
  ).toEqual([
    [false, 'ada', 0],
    [true, 'bob', 0],
  ])
})

it('answers identical queries of one key once, with a view for each', async () => {
  const { engine, world } = await open({ shareRequests: ({ user }) => user })
  const ask = (user: string) => executeRaw(engine, { query, context: { user } })
  const [first, second] = await Promise.all([ask('ada'), ask('ada'), ask('bob')])
  expect(world.calls).toHaveLength(4)
  if (first.data) first.data['assets'] = 'changed'
  expect(JSON.stringify(second)).toContain('"size":2')
})

it('does not share a failure with requests that come after it', async () => {
  const { engine, world } = await open({ isPublicFetch })
  world.down.add('market')
  const failed = await Promise.all([execute(engine, { query }), execute(engine, { query })])
  expect(failed.map(({ errors }) => errors?.length)).toEqual([1, 1])
  world.down.clear()
  expect((await execute(engine, { query })).errors).toBeUndefined()
})

/** A transport whose replies the test controls. */
function openByHand() {
  const sent: { isShared: boolean; give: (text: string) => void; fail: (error: Error) => void }[] =
    []
  const outOfTime = new Error('The call took too long.')
  const transport: NonNullable<EngineOptions<{ leftMs: number }>['transport']> = {
    timeLeftMs: ({ leftMs }) => leftMs,
    isOutOfTime: (failure) => failure === outOfTime,
    send: ({ isShared }) =>
      new Promise((resolve, reject) => {
        sent.push({ isShared, give: (text) => resolve({ text }), fail: reject })
      }),
  }
  return { sent, outOfTime, transport }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const answer = '{"data":{"assets":[]}}'

/** Planned before the first request, so that a request reaches its call after a few turns of the event loop. */
const known = [{ document: '{ assets { id } }' }]

it('lets a request that joins a call wait until its own deadline, whatever that of the first', async () => {
  const { world } = await open()
  const { sent, transport } = openByHand()
  const { supergraphSdl } = world
  const engine = await openEngine({ supergraphSdl, transport, isPublicFetch, known })
  const ask = (leftMs: number) =>
    execute(engine, { query: '{ assets { id } }', context: { leftMs } })
  const hasty = ask(5)
  await turns()
  const patient = ask(60_000)
  expect((await hasty).errors?.[0]?.extensions?.['code']).toBe('SUBGRAPH_UNAVAILABLE')
  expect(sent).toHaveLength(1)
  expect(sent[0]?.isShared).toBe(true)
  sent[0]?.give(answer)
  expect(await patient).toEqual({ data: { assets: [] } })
})

it('retries for a request that joined a call shortly before its deadline', async () => {
  const { world } = await open()
  const { sent, outOfTime, transport } = openByHand()
  const { supergraphSdl } = world
  const engine = await openEngine({ supergraphSdl, transport, isPublicFetch, known })
  const ask = () => execute(engine, { query: '{ assets { id } }', context: { leftMs: 60_000 } })
  const first = ask()
  await turns()
  const late = [ask(), ask()]
  await turns()
  sent[0]?.fail(outOfTime)
  expect((await first).errors).toHaveLength(1)
  await turns()
  expect(sent).toHaveLength(2)
  sent[1]?.give(answer)
  expect(await Promise.all(late)).toEqual([{ data: { assets: [] } }, { data: { assets: [] } }])
})
