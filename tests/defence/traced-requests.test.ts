import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { subgraphNames } from '@cnop/schema/read'
import { startRemoteWorld } from '../world/remote.ts'
import { type Span, trace } from '../world/traces.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld } from '../world/world.ts'

const flagship = /* GraphQL */ `
  query Flagship {
    me {
      portfolio {
        cash {
          available
        }
        totalValue
        holdings {
          asset {
            name
          }
        }
        recentOrders(first: 5) {
          nodes {
            id
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

interface Line {
  readonly action: string
  readonly service: string
}

/** Returns the log lines of the services for a request id. */
function readLines(directory: string, requestId: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n'))
    .filter((text) => text.includes(`"request_id":"${requestId}"`))
    .map((text) => JSON.parse(text) as Line)
    .map(({ service, action }) => `${service} ${action}`)
}

interface Form {
  readonly origin: string
  /** The endpoint of a subgraph, or the only endpoint. */
  readonly userOrigin: string
  readonly hasRedis: boolean
  trader(options: { cash: string }): Promise<Trader>
  stop(): Promise<void>
}

const openHosted = async (env: Record<string, string>): Promise<Form> => {
  const world = await startWorld(env)
  return { ...world, userOrigin: world.origin, hasRedis: false }
}

const openSplit = async (env: Record<string, string>): Promise<Form> => {
  const world = await startRemoteWorld({ env })
  return {
    origin: world.origins[0]!,
    userOrigin: world.subgraph('user').url,
    hasRedis: true,
    trader: (options) => world.trader(options),
    stop: () => world.stop(),
  }
}

describe.each([
  ['in one process', openHosted],
  ['over sockets', openSplit],
])('a request %s', (_name, open) => {
  let form: Form
  let trader: Trader
  let directory: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cnop-traces-'))
    form = await open({ LOG_LEVEL: 'debug', LOG_FILE_PATH: directory })
    trader = await form.trader({ cash: '500.00' })
    await trader.buys('0.002', 'BTC')
  })
  afterAll(async () => {
    await form.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  it('is one trace from the edge over five subgraphs to the store, with each span under its parent', async () => {
    const { answer, trace: seen } = await trace(trader, flagship)
    expect(answer.errors).toEqual([])
    expect(seen).toMatchObject({ operation: 'Flagship', status: 200, requests: 1, missing: [] })
    expect(seen.services).toEqual([...subgraphNames].sort())

    const named = (name: string) => seen.spans.filter((span) => span.name.startsWith(name))
    const parentOf = ({ parentId }: Span) => seen.spans.find(({ spanId }) => spanId === parentId)
    expect(seen.spans.filter(({ parentId }) => parentId === null)).toMatchObject([
      { name: 'POST /graphql', service: 'router' },
    ])
    for (const fetched of named('gateway.fetch')) {
      expect(parentOf(fetched)?.name).toBe('gateway.execute')
    }
    for (const worked of named('subgraph.execute')) {
      const { name, attributes } = parentOf(worked)!
      expect([name, attributes['service']]).toEqual(['gateway.fetch', worked.service])
    }
    for (const call of named('dynamodb.')) {
      expect(parentOf(call)).toMatchObject({ name: 'subgraph.execute', service: call.service })
      expect(call.attributes['db.collection.name']).toEqual(expect.any(String))
    }
    expect(named('redis.').length > 0).toBe(form.hasRedis)
    for (const command of named('redis.')) {
      expect(parentOf(command)).toMatchObject({ service: command.service })
      expect(command.attributes['db.system.name']).toBe('redis')
    }
    const services = (spans: readonly Span[]) => [...new Set(spans.map(({ service }) => service))]
    expect(services(named('subgraph.execute')).sort()).toEqual([...subgraphNames].sort())
    expect(services(named('dynamodb.'))).toEqual(expect.arrayContaining(['user', 'order', 'cny']))
    expect(seen.plan?.length).toBeGreaterThanOrEqual(5)
  })

  it('is returned by the router only', async () => {
    const { trace: seen } = await trace(trader, flagship)
    const asked = { method: 'POST', body: seen.traceId, headers: { 'content-type': 'text/plain' } }
    const response = await fetch(`${form.userOrigin}/internal/traces`, asked)
    expect(response.ok).toBe(false)
    expect(await response.text()).not.toContain('spanId')
  })

  it('logs its calls to the store with its request id', async () => {
    const { requestId } = await trace(trader, '{ me { portfolio { cash { available } } } }')
    const wanted = ['user store.call', 'router request.answered']
    const untilLogged = async (): Promise<readonly string[]> => {
      const seen = readLines(directory, requestId)
      if (wanted.every((line) => seen.includes(line))) return seen
      await delay(20)
      return untilLogged()
    }
    expect(await untilLogged()).toEqual(expect.arrayContaining(wanted))
  })
})
