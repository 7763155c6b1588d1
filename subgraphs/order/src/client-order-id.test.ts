import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { usd } from '@cnop/kit/money'
import { codeOf, limit, type LimitWorld, startLimitWorld } from './testing/limit-world.ts'

let world: LimitWorld
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const named = (clientOrderId: string, more: object = {}) =>
  limit('BUY', '0.01', '60000', { clientOrderId, ...more })

async function find(username: string, clientOrderId: string, of = username) {
  const query = `query ($of: [_Any!]!, $name: ID!) { _entities(representations: $of) {
    ... on User { orderByClientId(clientOrderId: $name) { id clientOrderId } } } }`
  const answer = await world.ask(username, query, {
    of: [{ __typename: 'User', username: of }],
    name: clientOrderId,
  })
  const [user] = answer.data?.['_entities'] as { orderByClientId: unknown }[]
  return answer.errors ? codeOf(answer) : user?.orderByClientId
}

describe('a client order id', () => {
  it('is part of the order, and finds it for its owner only', async () => {
    const { id, clientOrderId } = await world.placed('alice_1', named('Grid 7/buy #1'))
    expect(clientOrderId).toBe('Grid 7/buy #1')
    expect(await find('alice_1', 'Grid 7/buy #1')).toEqual({ id, clientOrderId })
    expect(await find('alice_1', 'grid 7/buy #1')).toBeNull()
    expect(await find('alice_1', 'never given')).toBeNull()
    for (const none of ['', ' blank', 'no\nname', 'x'.repeat(5_000)]) {
      expect(await find('alice_1', none)).toBe('BAD_USER_INPUT')
    }
    expect(await find('bobby_1', 'Grid 7/buy #1')).toBeNull()
    expect(await find('bobby_1', 'Grid 7/buy #1', 'alice_1')).toBe('FORBIDDEN')
    expect(world.received()[0]).toMatchObject({ clientOrderId })
  })

  it('is given once: another request is refused and changes nothing, also when the order has ended', async () => {
    const first = named('once', { limitPrice: '64000' })
    const { id } = await world.placed('alice_1', first)
    const before = await world.account('alice_1')
    const refused = await world.send('alice_1', named('once'))
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'CLIENT_ORDER_ID_USED',
      details: { clientOrderId: 'once', orderId: id },
    })
    expect(await world.account('alice_1')).toEqual(before)
    // A repeat of the first request is answered as before, and another user may use the name.
    expect((await world.placed('alice_1', first)).id).toBe(id)
    expect((await world.placed('bobby_1', named('once')))['clientOrderId']).toBe('once')
    expect(codeOf(await world.send('alice_1', { ...first, clientOrderId: 'other' }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  it('is not taken by a request that was refused', async () => {
    const input = named('later', { quantity: '0.2' })
    expect(codeOf(await world.send('alice_1', input))).toBe('ORDER_TOO_LARGE')
    expect(await find('alice_1', 'later')).toBeNull()
    await world.placed('alice_1', { ...input, quantity: '0.01' })
  })

  it.each(['', ' ', ' a', 'a ', 'a\tb', 'é', 'x'.repeat(65)])('may not be %j', async (name) => {
    const answer = await world.send('alice_1', named(name))
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'clientOrderId' },
    })
  })

  it.each(['x', '~!', 'x'.repeat(64)])('may be %j', async (name) => {
    expect((await world.placed('alice_1', named(name)))['clientOrderId']).toBe(name)
  })

  it('becomes one order however many requests race for it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, place) =>
        world.send('alice_1', named('raced'), place % 2 ? world.second() : world.main),
      ),
    )
    const codes = answers.map(codeOf)
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
    expect(codes.filter((code) => code === 'CLIENT_ORDER_ID_USED')).toHaveLength(7)
    expect(await world.account('alice_1')).toMatchObject({ held: usd('600') })
  })
})
