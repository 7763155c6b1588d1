import type { Channel } from '@cnop/schema/events'
import type { Log } from './log.ts'
import { closeClient, createClient } from './redis.ts'
import { runInScope } from './tracing/scope.ts'

/** Handles a message of a channel. What it throws is logged and does not reach other listeners. */
export type Listener<Message> = (message: Message) => void

export interface Subscriber<Message> {
  readonly onMessage: Listener<Message>
  /** Messages may have been missed, because the connection was lost for a while. */
  readonly onGap?: (() => void) | undefined
}

/** Ends a subscription. */
export type Unsubscribe = () => void

/**
 * Publish and subscribe between processes; `@cnop/schema/events` declares the channels. Delivery is at most once: what
 * must not be lost is read again from its own rows, at the latest after a gap.
 */
export interface EventBus {
  /** Never fails: the change is committed, and readers catch up from the rows. */
  publish<Message>(channel: Channel<Message>, message: NoInfer<Message>): Promise<void>
  /** Resolves when the subscription is in force, or at once while Redis is down. */
  subscribe<Message>(
    channel: Channel<Message>,
    subscriber: Listener<NoInfer<Message>> | Subscriber<NoInfer<Message>>,
  ): Promise<Unsubscribe>
  close(): Promise<void>
}

type BusLog = Pick<Log, 'info' | 'warn' | 'error'>

interface Subscriptions {
  /** Returns a function that removes the subscriber and returns whether it was the last one of its channel. */
  add<Message>(channel: Channel<Message>, subscriber: Subscriber<Message>): () => boolean
  has(name: string): boolean
  deliver(name: string, text: string): void
  reportGap: () => void
  names(): string[]
  clear(): void
}

/** For one process: messages go to its own listeners, after the publisher's turn. */
export function createMemoryBus(log: BusLog): EventBus {
  const subscriptions = createSubscriptions(log)
  return {
    publish: ({ name }, message) => {
      if (!subscriptions.has(name)) return Promise.resolve()
      const text = JSON.stringify(message)
      // As over a socket, listeners run outside of the publisher's request.
      runInScope({}, () => queueMicrotask(() => subscriptions.deliver(name, text)))
      return Promise.resolve()
    },
    subscribe: (channel, given) => {
      const remove = subscriptions.add(channel, toSubscriber(given))
      return Promise.resolve(() => void remove())
    },
    close: () => {
      subscriptions.clear()
      return Promise.resolve()
    },
  }
}

/** For several processes, over Redis pub/sub. */
export async function createRedisBus(url: string, log: BusLog): Promise<EventBus> {
  const subscriptions = createSubscriptions(log)
  const publisher = createClient(url, log)
  const listener = createClient(url, log)

  const follow = async (name: string): Promise<void> => {
    // While Redis is down this fails; the next `ready` follows all channels.
    await listener.subscribe(name).catch(() => undefined)
  }
  const leave = async (name: string): Promise<void> => {
    await listener.unsubscribe(name).catch(() => undefined)
  }
  listener.on('message', (name, text) => {
    subscriptions.deliver(name, text)
  })
  listener.on('ready', () => {
    // Existing subscribers may have missed messages.
    void Promise.all(subscriptions.names().map(follow)).then(subscriptions.reportGap)
  })
  await Promise.allSettled([publisher.connect(), listener.connect()])

  return {
    publish: async ({ name }, message) => {
      try {
        await publisher.publish(name, JSON.stringify(message))
      } catch (error) {
        log.warn({ error, channel: name }, 'A message could not be published.')
      }
    },
    subscribe: async (channel, given) => {
      const remove = subscriptions.add(channel, toSubscriber(given))
      await follow(channel.name)
      return () => {
        if (remove()) void leave(channel.name)
      }
    },
    close: async () => {
      subscriptions.clear()
      await Promise.all([closeClient(publisher), closeClient(listener)])
    },
  }
}

function toSubscriber<Message>(
  given: Listener<Message> | Subscriber<Message>,
): Subscriber<Message> {
  return typeof given === 'function' ? { onMessage: given } : { ...given }
}

/** One channel's subscribers; a message is parsed once for all of them. */
interface Topic {
  readonly subscribers: Set<{ readonly onGap?: (() => void) | undefined }>
  readonly deliver: (text: string) => void
}

function createSubscriptions(log: BusLog): Subscriptions {
  const topics = new Map<string, Topic>()
  const guarded = (channel: string, act: () => void): void => {
    try {
      act()
    } catch (error) {
      log.error({ error, channel }, 'A listener of the event bus failed.')
    }
  }

  function openTopic<Message>({ name, type }: Channel<Message>): Topic {
    const subscribers = new Set<Subscriber<Message>>()
    const parse = (text: string): Message | undefined => {
      try {
        return type.parse(JSON.parse(text))
      } catch (error) {
        log.warn({ error, channel: name }, 'A message that does not fit its channel was dropped.')
        return undefined
      }
    }
    const deliver = (text: string): void => {
      const message = parse(text)
      if (message === undefined) return
      for (const { onMessage } of [...subscribers]) guarded(name, () => onMessage(message))
    }
    return { subscribers, deliver }
  }

  return {
    add: (channel, subscriber) => {
      const topic = topics.get(channel.name) ?? openTopic(channel)
      topics.set(channel.name, topic)
      topic.subscribers.add(subscriber)
      return () => {
        const wasLast = topic.subscribers.delete(subscriber) && topic.subscribers.size === 0
        if (wasLast) topics.delete(channel.name)
        return wasLast
      }
    },
    has: (name) => topics.has(name),
    deliver: (name, text) => topics.get(name)?.deliver(text),
    reportGap: () => {
      for (const [name, { subscribers }] of [...topics]) {
        for (const { onGap } of [...subscribers]) guarded(name, () => onGap?.())
      }
    },
    names: () => [...topics.keys()],
    clear: () => {
      topics.clear()
    },
  }
}
