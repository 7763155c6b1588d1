import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import {
  follow,
  type Followed,
  followText,
  keepStreams,
  openStream,
  streamId,
} from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

const clock = fakeClock(Date.parse('2026-05-04T10:00:00.000Z'))

let world: World
const { opened, leaveAll } = keepStreams()

beforeAll(async () => {
  world = await startWorld({ STREAM_HEARTBEAT_MS: '100', INVENTORY_TICK_MS: '50' })
})
afterAll(() => world.stop())

const prices = (ids: readonly string[], options: object = {}): Promise<Followed> =>
  opened(follow(world.origin, 'FollowPrices', { variables: { ids }, ...options }))

const sequences = ({ events }: Followed): number[] => events.map(({ sequence }) => sequence)

describe('a stream of prices', () => {
  it('starts with a snapshot and continues with ticks, numbered without a gap', async () => {
    const stream = await prices(['btc', 'ETH', 'BTC'])
    const [snapshot, ...later] = await stream.first(4)
    expect(snapshot).toMatchObject({ sequence: 1, isSnapshot: true })
    expect(assetsOf(snapshot)).toEqual(['BTC', 'ETH'])
    for (const event of later) {
      expect(event.isSnapshot).toBe(false)
      expect(assetsOf(event).every((id) => id === 'BTC' || id === 'ETH')).toBe(true)
    }
    expect(sequences(stream).slice(0, 4)).toEqual([1, 2, 3, 4])
    await leaveAll()
  })

  it('reports an asset at most five times a second, however often it ticks', async () => {
    const stream = await prices(['BTC'])
    const events = await stream.first(9)
    const [first = 0, ...later] = events.slice(1).map(quotedAtOf)
    // Eight events have seven pauses of 200 ms, minus the age of a tick when it is sent.
    expect((later.at(-1) ?? 0) - first).toBeGreaterThan(1_100)
    await leaveAll()
  })

  it('returns what the document selects: aliases, fragments, skipped fields and types', async () => {
    const text = /* GraphQL */ `
      subscription ($ids: [ID!]!, $isShort: Boolean!) {
        sent: prices(ids: $ids) {
          __typename
          sequence
          isSnapshot
          place: sequence
          ...Sent
        }
      }
      fragment Sent on PricesEvent {
        prices {
          id: assetId
          price @skip(if: $isShort)
          ... on StreamPrice {
            __typename
          }
        }
      }
    `
    const variables = { ids: ['BTC'], isShort: true }
    const stream = await opened(followText(world.origin, text, { variables }))
    const [event] = await stream.first(1)
    expect(event).toEqual({
      __typename: 'PricesEvent',
      sequence: 1,
      isSnapshot: true,
      place: 1,
      prices: [{ id: 'BTC', __typename: 'StreamPrice' }],
    })
    await leaveAll()
  })

  it('sends heartbeats', async () => {
    const stream = await prices(['BTC'])
    await stream.first(8)
    expect(stream.heartbeats()).toBeGreaterThan(2)
    await leaveAll()
  })

  it('delays a reader that hangs, but skips no sequence number and delivers the newest prices', async () => {
    const ids = await listAssets(world)
    const [slow, quick] = [await prices(ids), await prices(ids)]
    await Promise.all([slow.first(1), quick.first(1)])
    slow.pause()
    await quick.until(({ sequence }) => sequence >= 12)
    slow.resume()
    await slow.until(({ sequence }) => sequence > 3)
    expect(sequences(slow)).toEqual(sequences(slow).map((_one, index) => index + 1))
    await leaveAll()
  })
})

const quotedAtOf = (event: unknown): number =>
  Date.parse((event as { prices: { quotedAt: string }[] }).prices[0]?.quotedAt ?? '')

const assetsOf = (event: unknown): string[] =>
  (event as { prices: { assetId: string }[] }).prices.map(({ assetId }) => assetId)

async function listAssets({ stranger }: World): Promise<string[]> {
  const { data } = await stranger.ask<{ assets: { nodes: { id: string }[] } }>(
    '{ assets(first: 250) { nodes { id } } }',
  )
  return data?.assets.nodes.map(({ id }) => id) ?? []
}

describe('the end of a stream', () => {
  it('follows the expiry of the token, is counted, and frees its place', async () => {
    const timed = await startWorld({ STREAMS_AT_ONCE: '1' }, { now: clock.now })
    try {
      const trader = await timed.trader()
      const open = () => follow(timed.origin, 'FollowBalance', { token: trader.token })
      const stream = await open()
      await stream.first(1)
      const crowded = await open()
      expect([crowded.status, crowded.codes()]).toEqual([503, ['OVERLOADED']])
      expect(crowded.headers['retry-after']).toBe('5')
      const metrics = async (): Promise<string> => (await fetch(`${timed.origin}/metrics`)).text()
      expect(await metrics()).toContain('gateway_streams_open{stream="balanceChanged"} 1')
      clock.advance(24 * 60 * 60 * 1000)
      await stream.ended()
      expect(stream.codes()).toEqual(['UNAUTHENTICATED'])
      const counted = await metrics()
      expect(counted).toContain('gateway_streams_open{stream="balanceChanged"} 0')
      expect(counted).toContain(
        'gateway_streams_closed_total{stream="balanceChanged",reason="expired"} 1',
      )
      expect((await open()).codes()).toEqual(['UNAUTHENTICATED'])
    } finally {
      await timed.stop()
    }
  })

  it('has a retryable error code when the platform stops', async () => {
    const stopped = await startWorld()
    const variables = { ids: ['BTC'] }
    const stream = await follow(stopped.origin, 'FollowPrices', { variables })
    await stream.first(1)
    await stopped.stop()
    await stream.ended()
    expect(stream.codes()).toEqual(['OVERLOADED'])
  })

  it('follows for a reader that never reads', async () => {
    const patient = await startWorld({ STREAM_PATIENCE_MS: '300', INVENTORY_TICK_MS: '20' })
    try {
      // Long names make events of more than a megabyte, so that no buffer on the way holds many.
      const name = 'n'.repeat(2_000)
      const lists = Array.from({ length: 7 }, (_one, at) => `p${at}: prices { ${name}: assetId }`)
      const wide = `subscription ($ids: [ID!]!) { prices(ids: $ids) { sequence ${lists.join(' ')} } }`
      const variables = { ids: await listAssets(patient) }
      const stream = await followText(patient.origin, wide, { variables })
      await stream.first(1)
      stream.pause()
      const closed = async (): Promise<boolean> =>
        (await (await fetch(`${patient.origin}/metrics`)).text()).includes('reason="too_slow"} 1')
      while (!(await closed())) continue
      stream.resume()
      await stream.ended()
    } finally {
      await patient.stop()
    }
  })

  it('opens by id only when free documents are disabled', async () => {
    const closed = await startWorld({ PERSISTED_ONLY: 'true' })
    try {
      const query = 'subscription { prices(ids: ["BTC"]) { sequence } }'
      const refused = await followText(closed.origin, query)
      expect([refused.status, refused.codes()]).toEqual([400, ['PERSISTED_QUERY_ONLY']])
      const stream = await follow(closed.origin, 'FollowPrices', { variables: { ids: ['BTC'] } })
      expect(await stream.first(1)).toMatchObject([{ sequence: 1, isSnapshot: true }])
      stream.leave()
      const unknown = await openStream(closed.origin, {
        body: JSON.stringify({
          extensions: {
            persistedQuery: { version: 1, sha256Hash: streamId('FollowPrices').replace(/./, 'f') },
          },
        }),
      })
      expect(unknown.codes()).toEqual(['PERSISTED_QUERY_NOT_FOUND'])
    } finally {
      await closed.stop()
    }
  })
})
