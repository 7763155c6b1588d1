import type { EventBus } from '@cnop/kit/bus'
import {
  balancesChanged,
  type MessageOf,
  notificationsAdded,
  ordersChanged,
} from '@cnop/schema/events'
import { createLimitedMap } from '../engine/limited-map.ts'
import { type Change, openAccountFeed, type Payload } from './account-feed.ts'
import type { Feed } from './feed.ts'
import type { Pace } from './pace.ts'
import type { ReadAs } from './read-as.ts'

interface Parts {
  readonly bus: EventBus
  readonly readAs: ReadAs
  readonly pace: Pace
}

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
export function createOrderReader(): (
  message: MessageOf<typeof ordersChanged>,
) => Change | undefined {
  const finished = createLimitedMap<true>(mostFinished)
  return ({ username, ...order }) => {
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
    channel: ordersChanged,
    changeOf: createOrderReader(),
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
    channel: balancesChanged,
    changeOf: ({ username }) => ({ username }),
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
    channel: notificationsAdded,
    changeOf: ({ username, notification }) => ({
      username,
      item: { key: notification.id, value: notification },
    }),
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
