import type { EventBus } from '@cnop/kit/bus'
import { z } from 'zod'
import { createLimitedMap } from '../engine/limited-map.ts'
import {
  type AccountFeedOptions,
  type Change,
  openAccountFeed,
  type Payload,
} from './account-feed.ts'
import type { Feed } from './feed.ts'
import type { Pace } from './pace.ts'
import type { ReadAs } from './read-as.ts'

interface Parts {
  readonly bus: EventBus
  readonly readAs: ReadAs
  readonly pace: Pace
}

/** The text of a value of the API, or none. */
const some = z.string()
const maybe = z.string().optional()

const changedOrder = z.object({
  username: some,
  orderId: some,
  status: some,
  side: some,
  type: some,
  assetId: some,
  quantity: some,
  limitPrice: maybe,
  price: maybe,
  total: maybe,
  reason: maybe,
  createdAt: some,
  updatedAt: some,
})

const changedBalance = z.object({ username: some })

const addedNotification = z.object({
  username: some,
  notification: z.object({
    id: some,
    kind: some,
    text: some,
    createdAt: some,
    alertId: some.nullish(),
    assetId: some.nullish(),
  }),
})

interface ReadOrder {
  readonly id: string
}

interface ReadNotification {
  readonly id: string
  readonly alert: { readonly id: string; readonly asset: { readonly id: string } } | null
}

interface Me {
  readonly me: {
    readonly portfolio: {
      readonly openOrders: { readonly nodes: readonly ReadOrder[] }
      readonly cash: object
    }
    readonly notifications: { readonly nodes: readonly ReadNotification[] }
  }
}

/** So many orders that are done are known to be. */
const mostFinished = 10_000

/** Processes tell of an order in any order; what is done never waits again. */
export function createOrderParser(): AccountFeedOptions['parse'] {
  const finished = createLimitedMap<true>(mostFinished)
  return (message): Change | undefined => {
    const { username, ...order } = changedOrder.parse(JSON.parse(message))
    if (order.status !== 'PENDING') finished.set(order.orderId, true)
    else if (finished.get(order.orderId)) return undefined
    return { username, item: { key: order.orderId, value: order } }
  }
}

/** The caller's orders: the bus tells everything an owner may see of one. */
const openOrderEvents = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: 'orders.changed',
    parse: createOrderParser(),
    read: async (exchange) => {
      const { me } = await readAs<Me>(exchange, 'StreamOpenOrders', {})
      const { nodes } = me.portfolio.openOrders
      return { orders: nodes.map(({ id: orderId, ...order }) => ({ orderId, ...order })) }
    },
    payloadOf: (orders) => ({ orders }),
  })

/** The caller's cash: the bus tells that it changed, and it is read again. */
const openBalances = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: 'balances.changed',
    parse: (message) => changedBalance.parse(JSON.parse(message)),
    read: async (exchange) => {
      const { me } = await readAs<Me>(exchange, 'StreamBalance', {})
      return { cash: me.portfolio.cash }
    },
    payloadOf: () => ({}),
  })

/** What the caller is told. */
const openNotifications = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: 'notifications.added',
    parse: (message) => {
      const { username, notification } = addedNotification.parse(JSON.parse(message))
      return { username, item: { key: notification.id, value: notification } }
    },
    read: async (exchange) => {
      const { me } = await readAs<Me>(exchange, 'StreamNotifications', {})
      return { notifications: me.notifications.nodes.map(describeNotification) }
    },
    payloadOf: (notifications) => ({ notifications: [...notifications].reverse() }),
    keysOf: listNotifications,
  })

const describeNotification = ({ alert, ...notification }: ReadNotification) => ({
  ...notification,
  alertId: alert?.id,
  assetId: alert?.asset.id,
})

const listNotifications = ({ notifications }: Payload): string[] =>
  (notifications as readonly ReadNotification[]).map(({ id }) => id)

/** Everything about one's own account, by the fields of `Subscription`. */
export async function openAccountFeeds(parts: Parts): Promise<ReadonlyMap<string, Feed>> {
  return new Map([
    ['orderEvents', await openOrderEvents(parts)],
    ['balanceChanged', await openBalances(parts)],
    ['notifications', await openNotifications(parts)],
  ])
}
