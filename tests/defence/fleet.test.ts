import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { openRedis } from '@cnop/kit/redis'
import { subgraphNames } from '@cnop/schema/read'
import { type RemoteWorld, startRemoteWorld } from '../world/remote.ts'
import { type Followed, follow, type StreamEvent } from '../world/stream.ts'
import { findTrace, newRequestId } from '../world/traces.ts'

let world: RemoteWorld
const streams: Followed[] = []

beforeAll(async () => {
  world = await startRemoteWorld({ routers: 2, copies: 2, env: { INVENTORY_TICK_MS: '200' } })
})
afterAll(async () => {
  for (const stream of streams) stream.leave()
  await world.stop()
})

/** Opens the same stream at both routers. */
async function followAtBoth(name: string, options: object): Promise<readonly [Followed, Followed]> {
  const [first = '', second = ''] = world.origins
  const opened = await Promise.all([follow(first, name, options), follow(second, name, options)])
  streams.push(...opened)
  await Promise.all(opened.map((stream) => stream.first(1)))
  return opened
}

const postedOf = (event: StreamEvent): string => (event['cash'] as { posted: string }).posted

describe('streams of two routers', () => {
  it('report the same fill, placed through either router', async () => {
    const trader = await world.trader({ cash: '1000.00' })
    const both = await followAtBoth('FollowOrders', { token: trader.token })
    await trader.buys('0.001', 'BTC')
    const received = await Promise.all(
      both.map((stream) => stream.until((event) => !event.isSnapshot)),
    )
    expect(received[0]).toMatchObject({ sequence: 2, orders: [{ status: 'COMPLETED' }] })
    expect(received[1]).toEqual(received[0])
  })

  it('report the same prices', async () => {
    const both = await followAtBoth('FollowPrices', { variables: { ids: ['BTC'] } })
    const received = await Promise.all(both.map((stream) => stream.first(4)))
    for (const events of received)
      expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4])
  })

  it('end when the session ends at one of them', async () => {
    const trader = await world.trader()
    const both = await followAtBoth('FollowBalance', { token: trader.token })
    await trader.ask('mutation { signOut { signedOutAt } }')
    await Promise.all(both.map((stream) => stream.ended()))
    expect(both.map((stream) => stream.codes())).toEqual([['SESSION_ENDED'], ['SESSION_ENDED']])
  })

  it('restart with a snapshot after an outage of Redis, including the changes meanwhile', async () => {
    const trader = await world.trader({ cash: '10.00' })
    const [stream] = await followAtBoth('FollowBalance', { token: trader.token })
    const [prices] = await followAtBoth('FollowPrices', { variables: { ids: ['BTC'] } })
    const seen = stream.events.length
    const priced = prices.events.length
    await world.redis.kill()
    await trader.deposits('5.00')
    await world.redis.restart()
    const anew = await stream.until(
      (event) => event.isSnapshot && postedOf(event) === '15.00',
      seen,
    )
    expect(anew.sequence).toBeGreaterThan(1)
    const snapshot = await prices.until((event) => event.isSnapshot, priced)
    await prices.until((event) => !event.isSnapshot && event.sequence > snapshot.sequence)
    const places = prices.events.map(({ sequence }) => sequence)
    expect(places).toEqual(places.map((_one, index) => index + 1))
  })
})

interface Views {
  readonly status: string
  readonly routers: Readonly<Record<string, string>>
  readonly breakers: readonly Readonly<Record<'router' | 'subgraph' | 'copy', string>>[]
  readonly missing: readonly string[]
}

const read = async (path: string, router = 0): Promise<Views> =>
  (await (await fetch(`${world.origins[router] ?? ''}${path}`)).json()) as Views

const hostOf = (url: string): string => new URL(url).host
const openOrders = '{ me { username orders(first: 1) { nodes { id } } } }'

describe('the views of either router', () => {
  it('contain the circuits of both routers to both copies of each subgraph', async () => {
    const { breakers, missing } = await read('/system/breakers')
    const health = async (): Promise<Views> => {
      const seen = await read('/health', 1)
      return seen.status === 'healthy' ? seen : health()
    }
    const { routers } = await health()
    const named = ({ router, subgraph, copy }: Views['breakers'][number]): string =>
      `${router} ${subgraph} ${copy}`
    const expected = Object.keys(routers).flatMap((router) =>
      subgraphNames.flatMap((name) =>
        [0, 1].map((copy) => `${router} ${name} ${hostOf(world.subgraph(name, copy).url)}`),
      ),
    )
    expect(breakers.map(named).sort()).toEqual(expected.sort())
    expect(breakers).toHaveLength(20)
    expect([missing, Object.values(routers)]).toEqual([[], ['ready', 'ready']])
  })

  it('contain the traces of the other one, and the name of a copy that does not answer', async () => {
    const trader = await world.trader()
    const requestId = newRequestId()
    const stopped = world.subgraph('order', 1)
    await stopped.stop()
    const { errors } = await trader.ask(openOrders, {}, { 'x-request-id': requestId })
    const seen = await findTrace(world.origins[1] ?? '', requestId)
    const { status } = await read('/health', 1)
    await stopped.start()
    expect(errors).toEqual([])
    expect(seen.missing).toEqual([`order at ${hostOf(stopped.url)}`])
    expect(seen.spans.map(({ name, service }) => `${name} ${service}`)).toEqual(
      expect.arrayContaining(['subgraph.execute user', 'subgraph.execute order']),
    )
    expect(status).toBe('degraded (1 of 2 copies of order)')
  })

  it('name a router that does not answer', async () => {
    const redis = await openRedis(
      world.redis.url,
      createLog('test', { level: 'silent', filePath: undefined }),
    )
    await redis.client.zadd('fleet:routers', systemClock(), 'router-gone')
    const [breakers, health] = [await read('/system/breakers'), await read('/health')]
    await redis.client.zrem('fleet:routers', 'router-gone')
    await redis.close()
    expect(breakers.missing).toEqual(['router-gone'])
    expect(breakers.breakers).toHaveLength(20)
    expect(health).toMatchObject({
      status: 'degraded (no router-gone)',
      routers: { 'router-gone': 'unreachable' },
    })
  })

  it('contain the fault that was set at the other one', async () => {
    const fault = (method: string, router: number) =>
      fetch(`${world.origins[router] ?? ''}/system/faults/cny`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: '{"kind":"kill"}',
      })
    await fault('PUT', 0)
    expect(await read('/system/faults', 1)).toEqual({ faults: { cny: { kind: 'kill' } } })
    await fault('DELETE', 1)
    expect(await read('/system/faults', 0)).toEqual({ faults: {} })
  })
})

describe('a signed call', () => {
  it('is accepted by one of two copies, once', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const identity = { requestId: 'req-replayed', actor: undefined, clientIp: undefined }
    const call = { subgraph: 'order', body, identity: { ...identity, userAgent: undefined } }
    const headers = {
      ...signCall(world.subgraph('order').signingKey, call, systemClock()),
      'content-type': 'application/json',
    }
    const send = (copy: number) =>
      fetch(`${world.subgraph('order', copy).url}/graphql`, { method: 'POST', headers, body })
    expect([(await send(0)).status, (await send(1)).status]).toEqual([200, 403])
  })
})
