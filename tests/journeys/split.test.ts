import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Split, startSplit } from '../../ops/split/split.ts'
import { describeRestFacts } from '../contract/rest/facts.ts'
import { createClient } from '../world/client.ts'
import { follow } from '../world/stream.ts'
import { createTrader } from '../world/trader.ts'

let split: Split
let directory: string
/** What the processes logged. */
const lines: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-split-'))
  const env = {
    DATA_DIRECTORY: directory,
    LOG_LEVEL: 'warn',
    WEB_ENABLED: 'false',
    // A machine that is busy with other tests delays the first calls of eight new processes.
    ROUTER_DEADLINE_MS: '30000',
    SUBGRAPH_DEADLINE_MS: '20000',
  }
  split = await startSplit({
    env,
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    keepsRedis: true,
  })
})

afterAll(async () => {
  await split.stop()
  rmSync(directory, { recursive: true, force: true })
})

const everything = /* GraphQL */ `
  {
    me {
      portfolio {
        cash {
          available
        }
        totalValue
        holdings {
          quantity
          marketValue
        }
        recentOrders(first: 5) {
          nodes {
            status
          }
        }
        insight {
          engine
        }
        redPocket {
          claimedToday
        }
      }
    }
  }
`

describe('the REST contract over six processes', () => {
  describeRestFacts(() => split.origin)
})

describe('six processes', () => {
  it('trade like one', async () => {
    const trader = await createTrader(createClient(split.origin))
    expect((await trader.deposits('2000.00')).errors).toEqual([])
    expect((await trader.buys('0.01', 'BTC')).errors).toEqual([])
    expect((await trader.sells('0.004', 'BTC')).errors).toEqual([])
    expect(await trader.holds('BTC')).toBe('0.006')
    const { data, errors } = await trader.ask(everything)
    // With what the processes logged, a failure names its cause.
    expect({ errors, lines: errors.length > 0 ? lines : [] }).toEqual({ errors: [], lines: [] })
    expect(data).toMatchObject({
      me: {
        portfolio: {
          holdings: [{ quantity: '0.006' }],
          recentOrders: { nodes: [{ status: 'COMPLETED' }, { status: 'COMPLETED' }] },
          insight: { engine: 'RULES' },
          redPocket: { claimedToday: false },
        },
      },
    })
  })

  it('report fills and prices as they happen', async () => {
    const trader = await createTrader(createClient(split.origin))
    await trader.deposits('100.00')
    const { token } = trader
    const orders = await follow(split.origin, 'FollowOrders', { token })
    const prices = await follow(split.origin, 'FollowPrices', { variables: { ids: ['BTC'] } })
    expect(await orders.first(1)).toMatchObject([{ isSnapshot: true, orders: [] }])
    await trader.buys('0.001', 'BTC')
    expect(await orders.first(2)).toMatchObject([
      {},
      { sequence: 2, isSnapshot: false, orders: [{ status: 'COMPLETED', assetId: 'BTC' }] },
    ])
    expect(await prices.first(2)).toMatchObject([{ isSnapshot: true }, { isSnapshot: false }])
    orders.leave()
    prices.leave()
  })

  it('refuse a call that does not come from the router', async () => {
    const { services } = split
    expect(services.map(({ name }) => name).sort()).toEqual([
      'cny',
      'insights',
      'inventory',
      'order',
      'router',
      'user',
    ])
    const health = (await (await fetch(`${split.origin}/health`)).json()) as {
      checks: Record<string, { place: string }>
    }
    expect(Object.values(health.checks).map(({ place }) => place)).toEqual(Array(5).fill('remote'))
    const direct = await fetch(`${split.urls.user}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-source': 'gateway',
        'x-user-id': 'demo_trader',
      },
      body: JSON.stringify({ query: '{ me { email } }' }),
    })
    expect(direct.status).toBe(403)
    expect(await direct.text()).not.toContain('@')
  })

  it('go on when Redis has ended', async () => {
    const status = async () =>
      ((await (await fetch(`${split.origin}/health`)).json()) as { status: string }).status
    const before = split.redis.ended()
    await split.redis.kill()
    expect(await before).toBe('SIGKILL')
    while ((await status()) !== 'healthy') await delay(100)
    expect(await (await createTrader(createClient(split.origin))).cash()).toBe('0.00')
  })

  it('do not start on a port in use', async () => {
    const user = Number(new URL(split.urls.user).port)
    await expect(startSplit({ env: {}, ports: { user }, onLine: () => undefined })).rejects.toThrow(
      `Port ${user} is in use by another program. Stop it, or set USER_PORT`,
    )
  })
})
