import type { Log } from './log.ts'
import { closeClient, createClient } from './redis.ts'
import { runInScope } from './tracing/scope.ts'

/** Hears a message of a channel. What it throws is logged and reaches nobody else. */
export type Listener = (message: string) => void

export interface Subscriber {
  readonly onMessage: Listener
  /** Messages may have been missed, because the connection was lost for a while. */
  readonly onGap?: (() => void) | undefined
}

/** Ends a subscription. */
export type Unsubscribe = () => void

/**
 * Tells every process that something has happened. Delivery is a courtesy: a message can be lost, so
 * whatever must not be lost is read again from its own rows, at the latest after a gap.
 */
export interface EventBus {
  /** Never fails: the writer's work is done already, and its readers catch up from the rows. */
  publish(channel: string, message: string): Promise<void>
  /** Resolves when the subscription is in force, or at once while Redis is down. */
  subscribe(channel: string, subscriber: Listener | Subscriber): Promise<Unsubscribe>
  close(): Promise<void>
}

type BusLog = Pick<Log, 'info' | 'warn' | 'error'>

interface Subscriptions {
  add(channel: string, subscriber: Subscriber): void
  /** Answers whether it was the last of its channel. */
  remove(channel: string, subscriber: Subscriber): boolean
  deliver(channel: string, message: string): void
  tellGap: () => void
  channels(): string[]
  clear(): void
}

/** For one process: messages go to its own listeners, after the publisher's turn. */
export function createMemoryBus(log: BusLog): EventBus {
  const subscriptions = keepSubscriptions(log)
  return {
    publish: (channel, message) => {
      // As over a socket, what listeners do is no part of the publisher's request.
      runInScope({}, () => queueMicrotask(() => subscriptions.deliver(channel, message)))
      return Promise.resolve()
    },
    subscribe: (channel, given) => {
      const subscriber = toSubscriber(given)
      subscriptions.add(channel, subscriber)
      return Promise.resolve(() => void subscriptions.remove(channel, subscriber))
    },
    close: () => {
      subscriptions.clear()
      return Promise.resolve()
    },
  }
}

/** For several processes, over Redis pub/sub. */
export async function createRedisBus(url: string, log: BusLog): Promise<EventBus> {
  const subscriptions = keepSubscriptions(log)
  const sending = createClient(url, log)
  const hearing = createClient(url, log)

  const follow = async (channel: string): Promise<void> => {
    // While Redis is down this fails; the next `ready` follows all channels.
    await hearing.subscribe(channel).catch(() => undefined)
  }
  const leave = async (channel: string): Promise<void> => {
    await hearing.unsubscribe(channel).catch(() => undefined)
  }
  hearing.on('message', (channel, message) => {
    subscriptions.deliver(channel, message)
  })
  hearing.on('ready', () => {
    // Whoever subscribed before this moment may have missed something.
    void Promise.all(subscriptions.channels().map(follow)).then(subscriptions.tellGap)
  })
  await Promise.allSettled([sending.connect(), hearing.connect()])

  return {
    publish: async (channel, message) => {
      try {
        await sending.publish(channel, message)
      } catch (error) {
        log.warn({ error, channel }, 'A message could not be published.')
      }
    },
    subscribe: async (channel, given) => {
      const subscriber = toSubscriber(given)
      subscriptions.add(channel, subscriber)
      await follow(channel)
      return () => {
        if (subscriptions.remove(channel, subscriber)) void leave(channel)
      }
    },
    close: async () => {
      subscriptions.clear()
      await Promise.all([closeClient(sending), closeClient(hearing)])
    },
  }
}

function toSubscriber(given: Listener | Subscriber): Subscriber {
  return typeof given === 'function' ? { onMessage: given } : { ...given }
}

function keepSubscriptions(log: BusLog): Subscriptions {
  const byChannel = new Map<string, Set<Subscriber>>()
  const guarded = (channel: string, act: () => void): void => {
    try {
      act()
    } catch (error) {
      log.error({ error, channel }, 'A listener of the event bus failed.')
    }
  }
  return {
    add: (channel, subscriber) => {
      byChannel.set(channel, (byChannel.get(channel) ?? new Set()).add(subscriber))
    },
    remove: (channel, subscriber) => {
      const present = byChannel.get(channel)
      const wasLast = (present?.delete(subscriber) ?? false) && present?.size === 0
      if (wasLast) byChannel.delete(channel)
      return wasLast
    },
    deliver: (channel, message) => {
      for (const { onMessage } of [...(byChannel.get(channel) ?? [])]) {
        guarded(channel, () => {
          onMessage(message)
        })
      }
    },
    tellGap: () => {
      for (const [channel, subscribers] of [...byChannel]) {
        for (const { onGap } of [...subscribers]) guarded(channel, () => onGap?.())
      }
    },
    channels: () => [...byChannel.keys()],
    clear: () => {
      byChannel.clear()
    },
  }
}
