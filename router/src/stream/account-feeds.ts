import type { EventBus } from '@cnop/kit/bus'
import {
  balancesChanged,
  type MessageOf,
  notificationsAdded,
  ordersChanged,
} from '@cnop/schema/events'
import { createLimitedMap } from '../engine/limited-map.ts'
import { type Change, createAccountFeed, type Payload } from './account-feed.ts'
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
  readonly alert: { readonly id: string } | null
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
  message: MessageOf<ReturnType<typeof ordersChanged>>,
) => Change | undefined {
  const finished = createLimitedMap<true>(mostFinished)
  return ({ username: _owner, ...order }) => {
    const isOpen = order.status === 'PENDING' || order.status === 'PARTIALLY_FILLED'
    if (!isOpen) finished.set(order.orderId, true)
    else if (finished.get(order.orderId)) return undefined
    return { item: { key: order.orderId, value: order } }
  }
}

/** The caller's orders: a message is complete. */
const createOrderEvents = ({ bus, pace, readAs }: Parts): Feed =>
  createAccountFeed({
    bus,
    pace,
    channelOf: ordersChanged,
    changeOf: createOrderReader(),
    read: async (context) => {
      const { me } = await readAs<Me>(context, 'StreamOpenOrders', {})
      const { nodes } = me.portfolio.openOrders
      return { orders: nodes.map(({ id: orderId, ...order }) => ({ orderId, ...order })) }
    },
    payloadOf: (orders) => ({ orders }),
  })

/** The caller's cash: a message signals a change, and the value is reread. */
const createBalances = ({ bus, pace, readAs }: Parts): Feed =>
  createAccountFeed({
    bus,
    pace,
    channelOf: balancesChanged,
    changeOf: () => ({}),
    read: async (context) => {
      const { me } = await readAs<Me>(context, 'StreamBalance', {})
      return { cash: me.portfolio.cash }
    },
    payloadOf: () => ({}),
  })

/** The caller's notifications. */
const createNotifications = ({ bus, pace, readAs }: Parts): Feed =>
  createAccountFeed({
    bus,
    pace,
    channelOf: notificationsAdded,
    changeOf: ({ notification }) => ({
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
})

const listNotifications = ({ notifications }: Payload): string[] =>
  (notifications as readonly ReadNotification[]).map(({ id }) => id)

/** Everything about one's own account, by the fields of `Subscription`. */
export function createAccountFeeds(parts: Parts): ReadonlyMap<string, Feed> {
  return new Map([
    ['orderEvents', createOrderEvents(parts)],
    ['balanceChanged', createBalances(parts)],
    ['notifications', createNotifications(parts)],
  ])
}
