import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { queryPage } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { endingWrite, startClearing } from '@cnop/outbox/endings'
import {
  codeOf,
  detailsOf,
  showArguments,
  openForEach,
  type Users,
} from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'
import { waitingShards } from './store/tables.ts'

const silent = createLog('inventory', { level: 'silent', filePath: undefined })
let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

/** One notification after the other, a second apart. */
async function notify(username: string, count: number): Promise<void> {
  for (let step = 1; step <= count; step++) {
    await users.waitFor(username, 'ABOVE', `${64_000 + step}`)
    await world.move('BTC', `${64_000 + step}`)
  }
}

describe('the list of notifications', () => {
  it('has the newest first and is read page by page, without gaps and repeats', async () => {
    await notify('alice1', 7)
    await users.waitFor('bobby1', 'ABOVE', '70000')
    await world.move('BTC', '70000')
    const pages: string[][] = []
    let after: string | null | undefined
    do {
      const { nodes, pageInfo } = await users.notifications('alice1', { first: 3, after })
      pages.push(nodes.map(({ alert }) => alert.price))
      expect(pageInfo.hasNextPage).toBe(pages.length < 3)
      after = pageInfo.hasNextPage ? pageInfo.endCursor : undefined
    } while (after)
    expect(pages).toEqual([['64007', '64006', '64005'], ['64004', '64003', '64002'], ['64001']])
  })

  it('is empty for a user without notifications', async () => {
    expect(await users.notifications('alice1')).toEqual({
      nodes: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    })
  })

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ after: 'nonsense' }, 'after'],
    [{ after: Buffer.from('["a b"]').toString('base64url') }, 'after'],
  ])('refuses %j', async (page, field) => {
    const answer = await users.askUser(
      'alice1',
      'alice1',
      `notifications${showArguments(page)} { nodes { id } }`,
    )
    expect(codeOf(answer)).toBe('BAD_USER_INPUT')
    expect(detailsOf(answer)).toMatchObject({ field })
  })

  it('leaves out what is older than 90 days, and says so of its end', async () => {
    await notify('alice1', 1)
    world.clock.advance(86_400_000)
    world.prices.set('BTC', '64000')
    await notify('alice1', 1)
    world.clock.advance(89 * 86_400_000)
    const { nodes, pageInfo } = await users.notifications('alice1', { first: 1 })
    expect(nodes).toHaveLength(1)
    expect(pageInfo.hasNextPage).toBe(true)
    const next = await users.notifications('alice1', { first: 1, after: pageInfo.endCursor })
    expect(next).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false } })
  })
})

describe('the moment up to which notifications are seen', () => {
  const seenAt = async () =>
    (await users.readUser<{ notificationsSeenAt: string | null }>('alice1', 'notificationsSeenAt'))
      .notificationsSeenAt
  const marked = (at: string) => ({
    data: { markNotificationsSeen: { user: { notificationsSeenAt: at } } },
  })

  it('is unknown at first, moves forward, and never back', async () => {
    expect(await seenAt()).toBeNull()
    const [early, late] = [60_000, 1_000].map((age) => toIso(world.clock.now() - age))
    expect(await users.markSeen('alice1', late!)).toMatchObject(marked(late!))
    expect(await users.markSeen('alice1', early!)).toMatchObject(marked(late!))
    expect(await seenAt()).toBe(late)
  })

  it('is never in the future', async () => {
    const now = toIso(world.clock.now())
    const later = toIso(world.clock.now() + 3_600_000)
    expect(await users.markSeen('alice1', later)).toMatchObject(marked(now))
    expect(await seenAt()).toBe(now)
  })

  it('belongs to one user, and needs a signed-in one', async () => {
    await users.markSeen('bobby1', toIso(world.clock.now()))
    expect(await seenAt()).toBeNull()
    expect(codeOf(await users.markSeen(undefined, toIso(0)))).toBe('UNAUTHENTICATED')
  })
})

describe('the channels of notifications', () => {
  it('switch a kind off and on, for its owner alone', async () => {
    const off = await users.choose('alice1', 'PRICE_ALERT', [])
    expect(off.data).toMatchObject({
      chooseNotificationChannels: {
        user: {
          notificationChoices: expect.arrayContaining([
            { kind: 'PRICE_ALERT', channels: [] },
            { kind: 'PRICE_ALERT_ENDED', channels: ['BELL'] },
          ]),
        },
      },
    })
    await users.waitFor('bobby1', 'ABOVE', '64001')
    await notify('alice1', 1)
    expect((await users.notifications('alice1')).nodes).toEqual([])
    expect((await users.alerts('alice1'))[0]).toMatchObject({ status: 'FIRED' })
    expect((await users.notifications('bobby1')).nodes).toHaveLength(1)
    expect(world.published.map(({ username }) => username)).toEqual(['bobby1'])
    await users.choose('alice1', 'PRICE_ALERT', ['BELL'])
    world.prices.set('BTC', '64000')
    await notify('alice1', 1)
    expect((await users.notifications('alice1')).nodes).toHaveLength(1)
    expect(codeOf(await users.choose(undefined, 'PRICE_ALERT', []))).toBe('UNAUTHENTICATED')
  })
})

describe('the watchlist, alerts and notifications of a user', () => {
  it.each([
    'watchlist { id }',
    'priceAlerts { id }',
    'notifications { nodes { id } }',
    'notificationChoices { kind }',
    'notificationsSeenAt',
  ])('%s is shown to its owner alone', async (field) => {
    expect(codeOf(await users.askUser('alice1', 'alice1', field))).toBeUndefined()
    expect(codeOf(await users.askUser('bobby1', 'alice1', field))).toBe('FORBIDDEN')
    expect(codeOf(await users.askUser(undefined, 'alice1', field))).toBe('UNAUTHENTICATED')
  })
})

it('keeps nothing of an account that has ended, once its orders are clear', async () => {
  const { db, clearing } = inventory
  const watch = 'mutation { watchAsset(assetId: "ETH") { user { username } } }'
  for (const username of ['alice1', 'bobby1']) {
    await notify(username, 1)
    await users.waitFor(username, 'BELOW', '60000')
    await users.set(username, { ...{ direction: 'ABOVE', price: '70000' }, repeats: true })
    await users.choose(username, 'PRICE_ALERT', ['BELL'])
    await users.markSeen(username, toIso(world.clock.now()))
    await world.ask(inventory, username, watch)
    await world.move('BTC', '64000')
  }
  await transact(db, [endingWrite('outbox', 'alice1', world.clock.now())])
  world.clock.advance(120_000)
  expect(await clearing?.run()).toBe(0)
  const deps = { outbox: { db, table: 'outbox' }, now: world.clock.now, log: silent }
  const order = startClearing(deps, 'order', () => Promise.resolve(true))
  expect(await order.run()).toBe(1)
  await order.stop()
  expect(await clearing?.run()).toBe(1)
  const rowsOf = async (table: string, pk: string) =>
    (await queryPage(db, { table, pk, limit: 50, newestFirst: false })).items
  for (const table of ['inventory', 'outbox']) {
    expect(await rowsOf(table, 'USER#alice1')).toEqual([])
    expect(await rowsOf(table, 'USER#bobby1')).not.toEqual([])
  }
  const waiting = await Promise.all(waitingShards.map((pk) => rowsOf('inventory', pk)))
  expect(waiting.flat().map(({ username }) => username)).toEqual(['bobby1', 'bobby1'])
  await world.move('BTC', '50000')
  expect((await users.notifications('alice1')).nodes).toEqual([])
})
