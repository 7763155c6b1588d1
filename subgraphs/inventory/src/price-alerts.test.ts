import { describe, expect, it } from '@jest/globals'
import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { price } from '@cnop/kit/money'
import { actIn, codeOf, detailsOf, openForEach, type Users } from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'
import { wishKey } from './store/tables.ts'

let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

const above = (price: string) => ({ direction: 'ABOVE', price })

describe('creating a price alert', () => {
  it('answers with the alert and with the list that it has joined', async () => {
    const older = await users.waitFor('alice1', 'BELOW', '60000')
    const { data, errors } = await users.create('alice1', { assetId: 'btc', ...above('65000.5') })
    expect(errors).toBeUndefined()
    const { alert, user } = data!['createPriceAlert'] as {
      alert: { id: string }
      user: { username: string; priceAlerts: readonly unknown[] }
    }
    expect(alert).toMatchObject({
      asset: { id: 'BTC' },
      direction: 'ABOVE',
      price: '65000.5',
      status: 'ACTIVE',
      createdAt: new Date(world.clock.now()).toISOString(),
      firedAt: null,
      firedPrice: null,
    })
    expect(user).toEqual({ username: 'alice1', priceAlerts: [{ id: alert.id }, { id: older.id }] })
    expect(await users.alerts('alice1')).toMatchObject([alert, { id: older.id }])
    expect(await users.alerts('bobby1')).toEqual([])
  })

  it.each([
    [{ key: 'short', ...above('65000') }, 'BAD_USER_INPUT', { field: 'key' }],
    [{ assetId: 'B-T-C', ...above('65000') }, 'BAD_USER_INPUT', { field: 'assetId' }],
    [above('0'), 'BAD_USER_INPUT', { field: 'price', reason: 'must be more than zero' }],
    [above('-1'), 'BAD_USER_INPUT', { field: 'price', reason: 'must be more than zero' }],
    [
      above('1000000000.000000000001'),
      'BAD_USER_INPUT',
      { field: 'price', reason: 'must be at most 1000000000' },
    ],
    [above('1.0000000000001'), 'BAD_USER_INPUT', {}],
    [{ assetId: 'NOPE', ...above('65000') }, 'ASSET_NOT_FOUND', { assetId: 'NOPE' }],
    [{ assetId: 'ADA', ...above('65000') }, 'ASSET_NOT_TRADABLE', { assetId: 'ADA' }],
    [
      above('64000'),
      'PRICE_ALERT_MET',
      { field: 'price', reason: 'must be above the current price, 64000' },
    ],
    [
      { direction: 'BELOW', price: '64000' },
      'PRICE_ALERT_MET',
      { field: 'price', reason: 'must be below the current price, 64000' },
    ],
  ])('refuses %j as %s, and keeps nothing', async (input, code, details) => {
    const answer = await users.create('alice1', input)
    expect(codeOf(answer)).toBe(code)
    expect(detailsOf(answer) ?? {}).toMatchObject(details)
    expect(await users.alerts('alice1')).toEqual([])
  })

  it('refuses an asset that is not traded any more', async () => {
    world.prices.set('BTC', '64000', { isActive: false })
    expect(codeOf(await users.create('alice1', above('65000')))).toBe('ASSET_NOT_TRADABLE')
  })

  it('needs a signed-in user', async () => {
    expect(codeOf(await users.create(undefined, above('65000')))).toBe('UNAUTHENTICATED')
  })

  it('happens once for each key, however often and from wherever it is sent', async () => {
    const others = [inventory, await world.openProcess()].map((process) => actIn(world, process))
    const input = { key: 'one-key-for-all', ...above('65000') }
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, place) => others[place % 2]!.create('alice1', input)),
    )
    expect(answers.map(codeOf)).toEqual(answers.map(() => undefined))
    const [alert, ...more] = await users.alerts('alice1')
    expect(more).toEqual([])
    const created = answers.map(({ data }) => data!['createPriceAlert'])
    expect(created).toEqual(answers.map(() => expect.objectContaining({ alert })))
    await world.move('BTC', '66000')
    const later = await users.create('alice1', input)
    expect(later.data).toMatchObject({
      createPriceAlert: { alert: { id: alert!.id, status: 'FIRED' } },
    })
  })

  it('refuses one that equals an active one, until that has fired or was cancelled', async () => {
    const { id } = await users.waitFor('alice1', 'ABOVE', '65000')
    const equal = await users.create('alice1', { assetId: 'btc', ...above('65000.00') })
    expect(codeOf(equal)).toBe('PRICE_ALERT_EXISTS')
    expect(detailsOf(equal)).toEqual({
      field: 'price',
      reason: 'is the price of an equal alert that you have already',
    })
    const others = [
      { ...above('65000.000000000001') },
      { direction: 'BELOW', price: '60000' },
      { assetId: 'ETH', ...above('65000') },
    ]
    for (const other of others) expect(codeOf(await users.create('alice1', other))).toBeUndefined()
    expect(codeOf(await users.create('bobby1', above('65000')))).toBeUndefined()
    await users.cancel('alice1', id)
    expect(codeOf(await users.create('alice1', above('65000')))).toBeUndefined()
    await world.move('BTC', '66000')
    await world.move('BTC', '64000')
    expect(codeOf(await users.create('alice1', above('65000')))).toBeUndefined()
  })

  it('creates one of equal ones that come at once, to whichever process', async () => {
    const others = [inventory, await world.openProcess()].map((process) => actIn(world, process))
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, place) => others[place % 2]!.create('alice1', above('65000'))),
    )
    const codes = answers.map(codeOf)
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set([undefined, 'PRICE_ALERT_EXISTS']))
    expect(await users.alerts('alice1')).toHaveLength(1)
  })

  it('refuses one that equals an alert of an older release', async () => {
    await users.waitFor('alice1', 'ABOVE', '65000')
    await inventory.db.documents.send(
      new DeleteCommand({
        TableName: 'inventory',
        Key: wishKey('alice1', {
          ...{ assetId: 'BTC', direction: 'ABOVE', changeBasisPoints: undefined },
          price: price('65000'),
        }),
      }),
    )
    expect(codeOf(await users.create('alice1', above('65000')))).toBe('PRICE_ALERT_EXISTS')
  })

  it('refuses a key that was used for something else, and leaves it to other users', async () => {
    const input = { key: 'one-key-for-all', ...above('65000') }
    await users.create('alice1', input)
    for (const other of [{ price: '65001' }, { assetId: 'ETH' }, { direction: 'BELOW' }]) {
      const answer = await users.create('alice1', { ...input, ...other })
      expect(codeOf(answer)).toBe('IDEMPOTENCY_KEY_REUSED')
    }
    expect(codeOf(await users.create('bobby1', input))).toBeUndefined()
  })

  it('forgets a key that a refusal was given for, and one that is older than two days', async () => {
    const input = { key: 'one-key-for-all', ...above('63000') }
    expect(codeOf(await users.create('alice1', input))).toBe('PRICE_ALERT_MET')
    expect(codeOf(await users.create('alice1', { ...input, price: '65000' }))).toBeUndefined()
    world.clock.advance(2 * 86_400_000 + 1_000)
    expect(codeOf(await users.create('alice1', { ...input, price: '66000' }))).toBeUndefined()
    expect(await users.alerts('alice1')).toHaveLength(2)
  })

  it('stops at fifty active ones, also when all of them come at once', async () => {
    const wishes = Array.from({ length: 60 }, (_, place) => above(`${65_000 + place}`))
    const codes = (await Promise.all(wishes.map((wish) => users.create('alice1', wish)))).map(
      codeOf,
    )
    expect(codes.filter((code) => code === undefined)).toHaveLength(50)
    expect(new Set(codes)).toEqual(new Set([undefined, 'LIMIT_REACHED']))
    const [first] = await users.alerts('alice1')
    await users.cancel('alice1', first!.id)
    expect(codeOf(await users.create('alice1', above('70000')))).toBeUndefined()
    const full = await users.create('alice1', above('70001'))
    expect(detailsOf(full)).toEqual({ what: 'active price alerts', limit: '50' })
    await world.move('BTC', '80000')
    expect(codeOf(await users.create('alice1', above('90000')))).toBeUndefined()
  })
})

describe('cancelling a price alert', () => {
  it('keeps it from firing, and answers the same when it is sent again', async () => {
    const { id } = await users.waitFor('alice1', 'ABOVE', '65000')
    const first = await users.cancel('alice1', id)
    expect(first.data).toMatchObject({
      cancelPriceAlert: { alert: { id, status: 'CANCELLED', firedAt: null } },
    })
    expect(await users.cancel('alice1', id)).toEqual(first)
    await world.move('BTC', '66000')
    expect((await users.alerts('alice1')).map(({ status }) => status)).toEqual(['CANCELLED'])
    expect((await users.notifications('alice1')).nodes).toEqual([])
  })

  it('answers one that has fired as it is', async () => {
    const { id } = await users.waitFor('alice1', 'ABOVE', '65000')
    await world.move('BTC', '66000')
    expect((await users.cancel('alice1', id)).data).toMatchObject({
      cancelPriceAlert: { alert: { id, status: 'FIRED' } },
    })
  })

  it('frees one place, however often it is sent at once', async () => {
    const prices = Array.from({ length: 50 }, (_, place) => `${65_000 + place}`)
    await Promise.all(prices.map((price) => users.waitFor('alice1', 'ABOVE', price)))
    const { id } = (await users.alerts('alice1'))[0]!
    await Promise.all(Array.from({ length: 10 }, () => users.cancel('alice1', id)))
    expect(codeOf(await users.create('alice1', above('70000')))).toBeUndefined()
    expect(codeOf(await users.create('alice1', above('70001')))).toBe('LIMIT_REACHED')
  })

  it('does not find alerts of other users, or unknown ones', async () => {
    const { id } = await users.waitFor('alice1', 'ABOVE', '65000')
    expect(codeOf(await users.cancel('bobby1', id))).toBe('PRICE_ALERT_NOT_FOUND')
    expect(codeOf(await users.cancel('alice1', 'alr_0000000000'))).toBe('PRICE_ALERT_NOT_FOUND')
    expect(codeOf(await users.cancel('alice1', 'x y'))).toBe('BAD_USER_INPUT')
    expect(codeOf(await users.cancel(undefined, id))).toBe('UNAUTHENTICATED')
    expect((await users.alerts('alice1')).map(({ status }) => status)).toEqual(['ACTIVE'])
  })
})

describe('the list of price alerts', () => {
  it('always has every active one, and of the closed ones the newest fifty', async () => {
    const oldest = await users.waitFor('alice1', 'ABOVE', '99000')
    for (let place = 0; place < 55; place++) {
      const { id } = await users.waitFor('alice1', 'ABOVE', '65000')
      await users.cancel('alice1', id)
    }
    const alerts = await users.alerts('alice1')
    expect(alerts).toHaveLength(51)
    expect(alerts.at(-1)).toEqual(oldest)
    const ids = alerts.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort().reverse())
  })

  it('drops closed ones after 90 days, and never an active one', async () => {
    await users.waitFor('alice1', 'ABOVE', '99000')
    await users.waitFor('alice1', 'ABOVE', '65000')
    await world.move('BTC', '65000')
    world.clock.advance(90 * 86_400_000 - 1_000)
    expect(await users.alerts('alice1')).toHaveLength(2)
    world.clock.advance(1_000)
    expect((await users.alerts('alice1')).map(({ status }) => status)).toEqual(['ACTIVE'])
  })
})
