import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { startRouter } from '@cnop/router/start'
import { createClient } from '../world/client.ts'
import { startRemoteWorld } from '../world/remote.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ BREAKER_PROBE_MS: '50', SUBGRAPH_DEADLINE_MS: '1500' })
})
afterAll(() => world.stop())

const breakNow = (name: string, fault: object, { origin } = world) =>
  fetch(`${origin}/system/faults/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })

const mend = (name: string) =>
  fetch(`${world.origin}/system/faults/${name}`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })

async function breakerOf(name: string): Promise<string> {
  const health = (await (await fetch(`${world.origin}/health`)).json()) as {
    checks: Record<string, { breaker: string }>
  }
  return health.checks[name]!.breaker
}

/** Repeats a request until the circuit of a subgraph has a state. The deadline of the test limits it. */
async function untilBreaker(name: string, state: string, ask: () => Promise<unknown>) {
  while ((await breakerOf(name)) !== state) {
    await ask()
    await delay(5)
  }
}

const metric = async (line: string): Promise<number> => {
  const text = await (await fetch(`${world.origin}/metrics`)).text()
  const found = text.split('\n').find((each) => each.startsWith(line))
  return parseInt(found?.split(' ').at(-1) ?? '0', 10)
}

/** The metric is updated shortly after the response. */
async function untilMetric(line: string, least: number, ask: () => Promise<unknown>) {
  while ((await metric(line)) < least) await ask()
}

const panels = '{ me { username portfolio { cash { available } totalValue } } market { feed } }'

describe.each([
  ['killed', { kind: 'kill' }],
  ['failing', { kind: 'error' }],
  ['hung', { kind: 'slow', delayMs: 30_000 }],
])('a %s subgraph', (_how, fault) => {
  afterEach(() => mend('cny'))

  it('loses its own fields only, is no longer called, and recovers', async () => {
    const trader = await world.trader({ cash: '100.00' })
    const query = '{ me { username portfolio { cash { available } redPocket { claimedToday } } } }'
    const refused = 'gateway_proxy_errors_total{target_service="cny",error_type="circuit_open"}'
    await breakNow('cny', fault)
    const { status, data, errors } = await trader.ask(query)
    expect(status).toBe(200)
    expect(data).toEqual({
      me: {
        username: trader.username,
        portfolio: { cash: { available: '100.00' }, redPocket: null },
      },
    })
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      {
        path: ['me', 'portfolio', 'redPocket'],
        code: 'SUBGRAPH_UNAVAILABLE',
        details: { retryAfterSeconds: '1' },
        serviceName: 'cny',
        requestId: expect.any(String),
      },
    ])

    await untilBreaker('cny', 'open', () => trader.ask(query))
    const before = await metric(refused)
    await untilMetric(refused, before + 1, () => trader.ask(query))
    expect(await metric('gateway_breaker_state{target_service="cny"}')).toBe(2)

    await mend('cny')
    await untilBreaker('cny', 'closed', () => trader.ask(query))
    const after = await trader.ask(query)
    expect(after.errors).toEqual([])
  })
})

describe('the breaker', () => {
  it('does not count refusals for business reasons', async () => {
    const trader = await world.trader()
    for (let index = 0; index < 12; index++) {
      const { codes } = await trader.buys('1', 'NOPE')
      expect(codes).toEqual(['ASSET_NOT_FOUND'])
    }
    expect(await breakerOf('order')).toBe('closed')
  })

  it('keeps public data available without the user subgraph', async () => {
    const trader = await world.trader()
    await breakNow('user', { kind: 'kill' })
    try {
      const { status, data, errors } = await trader.ask(panels)
      expect(status).toBe(200)
      expect(data).toEqual({ me: null, market: { feed: 'simulated' } })
      expect(errors[0]).toMatchObject({
        path: ['me'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'user' },
      })
    } finally {
      await mend('user')
    }
  })
})

describe('too many concurrent requests', () => {
  it('are refused with 503 and Retry-After while the router is full, except for health', async () => {
    const small = await startWorld({ REQUESTS_AT_ONCE: '1' })
    try {
      await breakNow('inventory', { kind: 'slow', delayMs: 2_000 }, small)
      // Either request may arrive first. The slow one must have the place when the other one is refused.
      let slow = small.stranger.ask('{ market { feed } }')
      let answer = await small.stranger.ask('{ __typename }')
      while (answer.status === 200) {
        await slow
        slow = small.stranger.ask('{ market { feed } }')
        answer = await small.stranger.ask('{ __typename }')
      }
      expect([answer.status, answer.codes]).toEqual([503, ['OVERLOADED']])
      expect(answer.headers.get('retry-after')).toBe('1')
      expect((await fetch(`${small.origin}/health`)).status).toBe(200)
      expect((await slow).status).toBe(200)
    } finally {
      await small.stop()
    }
  })
})

describe('a start', () => {
  it('succeeds with every subgraph down, and the platform is complete after they start', async () => {
    const remote = await startRemoteWorld({ routers: 0 })
    const names = ['user', 'order', 'inventory', 'insights', 'cny'] as const
    await Promise.all(names.map((name) => remote.subgraph(name).stop()))
    const router = await startRouter({ ...remote.env, BREAKER_PROBE_MS: '50' })
    try {
      const client = createClient(`http://127.0.0.1:${router.port}`)
      const down = await client.ask('{ market { feed } }')
      expect(down.codes).toEqual(['SUBGRAPH_UNAVAILABLE'])
      await Promise.all(names.map((name) => remote.subgraph(name).start()))
      let up = await client.ask('{ market { feed } }')
      while (up.errors.length > 0) {
        await delay(20)
        up = await client.ask('{ market { feed } }')
      }
      expect(up.data).toEqual({ market: { feed: 'simulated' } })
    } finally {
      await router.stop()
      await remote.stop()
    }
  })
})
