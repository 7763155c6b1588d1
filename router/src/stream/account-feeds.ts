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

/** Finished orders are remembered up to this count. */
const mostFinished = 10_000

/** Messages of one order may arrive out of order; a finished order never becomes pending again. */
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

/** The caller's orders: a message is complete. */
const openOrderEvents = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: ordersChanged,
    changeOf: createOrderReader(),
    read: async (context) => {
      const { me } = await readAs<Me>(context, 'StreamOpenOrders', {})
      const { nodes } = me.portfolio.openOrders
      return { orders: nodes.map(({ id: orderId, ...order }) => ({ orderId, ...order })) }
    },
    payloadOf: (orders) => ({ orders }),
  })

/** The caller's cash: a message signals a change, and the value is reread. */
const openBalances = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: balancesChanged,
    changeOf: ({ username }) => ({ username }),
    read: async (context) => {
      const { me } = await readAs<Me>(context, 'StreamBalance', {})
      return { cash: me.portfolio.cash }
    },
    payloadOf: () => ({}),
  })

/** The caller's notifications. */
const openNotifications = ({ bus, pace, readAs }: Parts): Promise<Feed> =>
  openAccountFeed({
    bus,
    pace,
    channel: notificationsAdded,
    changeOf: ({ username, notification }) => ({
      username,
      item: { key: notification.id, value: notification },
    }),
    read: async (context) => {
      const { me } = await readAs<Me>(context, 'StreamNotifications', {})
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
