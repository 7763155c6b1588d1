import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type RemoteWorld, startRemoteWorld } from '../world/remote.ts'
import { type Followed, follow, type StreamEvent } from '../world/stream.ts'

let world: RemoteWorld
const streams: Followed[] = []

beforeAll(async () => {
  world = await startRemoteWorld({ routers: 2, env: { INVENTORY_TICK_MS: '200' } })
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
