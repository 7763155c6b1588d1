import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type RunningRouter, startRouter } from '@cnop/router/start'
import { type FaultProxy, startFaultProxy } from '../money/fault-proxy.ts'
import { type Client, createClient } from '../world/client.ts'
import { type RemoteWorld, startRemoteWorld } from '../world/remote.ts'
import { createRestClient } from '../world/rest.ts'
import { createTrader } from '../world/trader.ts'

let remote: RemoteWorld
let orders: FaultProxy
let router: RunningRouter

/** A router whose connection to the order subgraph can lose replies. */
const openRouter = (): Promise<RunningRouter> =>
  startRouter({ ...remote.env, ORDER_URL: orders.endpoint, BREAKER_PROBE_MS: '50' })

beforeAll(async () => {
  remote = await startRemoteWorld({ routers: 0 })
  orders = await startFaultProxy(remote.subgraph('order').url, 1)
})
afterAll(async () => {
  await orders.stop()
  await remote.stop()
})
beforeEach(async () => {
  router = await openRouter()
})
afterEach(() => router.stop())

const visit = (token?: string): Client => createClient(`http://127.0.0.1:${router.port}`, token)

const readHealth = async (): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${router.port}/health`)
  return ((await answer.json()) as { status: string }).status
}

const overview =
  '{ me { username portfolio { cash { available } } orders(first: 5) { nodes { side } } } }'

/** Repeats the query until nothing is missing. The deadline of the test limits it. */
async function untilWhole(client: Client): Promise<Record<string, unknown>> {
  for (;;) {
    const { data, errors } = await client.ask(overview)
    if (data && errors.length === 0) return data
    await delay(20)
  }
}

describe('a lost reply', () => {
  it('makes the router retry a query, and nothing else', async () => {
    const trader = await createTrader(visit())
    await trader.deposits('100.00')
    const before = orders.dropped
    orders.dropReplies(1)
    const query = await trader.ask(overview)
    expect(query.codes).toEqual(['SUBGRAPH_UNAVAILABLE'])
    expect(orders.dropped).toBe(before + 2)
    const mutation = await trader.buys('50', 'DOGE')
    // The order was placed. A retryable code would make the client place another one.
    expect([mutation.codes, mutation.headers.get('retry-after')]).toEqual([
      ['OUTCOME_UNKNOWN'],
      null,
    ])
    expect(orders.dropped).toBe(before + 3)
    // REST returns the same, with the key by which a retry finds the outcome.
    const rest = createRestClient(`http://127.0.0.1:${router.port}`)
    const body = { order_type: 'market_buy', asset_id: 'DOGE', quantity: 50 }
    const lost = await rest('POST', '/orders', { token: trader.token, body })
    expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, null])
    const key = lost.headers.get('idempotency-key')!
    orders.dropReplies(0)
    const repeat = { token: trader.token, body, headers: { 'idempotency-key': key } }
    expect((await rest('POST', '/orders', repeat)).status).toBe(201)
    const { me } = (await untilWhole(trader)) as { me: { orders: { nodes: object[] } } }
    expect(me.orders.nodes).toEqual([{ side: 'BUY' }, { side: 'BUY' }])
  })
})

describe('an unreadable reply', () => {
  it('leaves the outcome of a mutation open, and makes the fields of a query null', async () => {
    const trader = await createTrader(visit())
    await trader.deposits('100.00')
    orders.cutReplies(true)
    const query = await trader.ask(overview)
    const mutation = await trader.buys('50', 'DOGE')
    orders.cutReplies(false)
    expect(query.codes).toEqual(['SUBGRAPH_UNAVAILABLE'])
    expect([mutation.codes, mutation.headers.get('retry-after')]).toEqual([
      ['OUTCOME_UNKNOWN'],
      null,
    ])
    expect(await untilWhole(trader)).toMatchObject({ me: { orders: { nodes: [{ side: 'BUY' }] } } })
  })
})

describe('a restart', () => {
  it('of a subgraph affects only the fields of that subgraph', async () => {
    const trader = await createTrader(visit())
    await remote.subgraph('order').stop()
    const { status, data, codes } = await trader.ask(overview)
    await remote.subgraph('order').start()
    expect([status, codes]).toEqual([200, ['SUBGRAPH_UNAVAILABLE']])
    expect(data).toMatchObject({ me: { username: trader.username, orders: null } })
    expect(await untilWhole(trader)).toMatchObject({ me: { orders: { nodes: [] } } })
  })

  it('of the router ends no session', async () => {
    const trader = await createTrader(visit())
    await trader.deposits('10.00')
    await router.stop()
    router = await openRouter()
    expect(await untilWhole(visit(trader.token))).toMatchObject({
      me: { username: trader.username, portfolio: { cash: { available: '10.00' } } },
    })
  })

  it.each(['user', 'order', 'inventory', 'insights', 'cny'] as const)(
    'of the router succeeds while %s is down, and health reports it',
    async (name) => {
      await router.stop()
      await remote.subgraph(name).stop()
      try {
        router = await openRouter()
        expect(await readHealth()).toBe(`degraded (no ${name})`)
        expect((await visit().ask('{ __typename }')).status).toBe(200)
        const { codes } = await visit().ask('{ market { feed } }')
        expect(codes).toEqual(name === 'inventory' ? ['SUBGRAPH_UNAVAILABLE'] : [])
      } finally {
        await remote.subgraph(name).start()
      }
    },
  )
})
