import type { EventBus, Unsubscribe } from '@cnop/kit/bus'
import type { Channel } from '@cnop/schema/events'
import { toRefusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { Feed, Follower, Stream } from './feed.ts'
import type { Pace } from './pace.ts'
import { createReread } from './reread.ts'
import { writeEvent } from './write-event.ts'

/** The payload of an event: a field of the event's type and its value. */
export type Payload = Readonly<Record<string, object>>

/** A message of the bus, with its payload if it is complete. */
export interface Change {
  readonly item?: { readonly key: string; readonly value: object }
}

interface AccountFeed {
  readonly pace: Pace
  /** Reads the whole state with the caller's permissions. */
  readonly read: (context: RequestContext) => Promise<Payload>
  /** The payload for changed items. */
  readonly payloadOf: (items: readonly object[]) => Payload
  /** Immutable items that the last read already contains. */
  readonly keysOf?: (payload: Payload) => readonly string[]
}

interface AccountFeedOptions<Message> extends AccountFeed {
  readonly bus: EventBus
  readonly channelOf: (username: string) => Channel<Message>
  /** Undefined for a message that changes nothing. */
  readonly changeOf: (message: Message) => Change | undefined
}

/** More pending changes than this are sent as a snapshot. */
const mostPending = 200

interface Member extends Follower {
  readonly receive: (change: Change) => void
  readonly renew: () => void
}

/** The events of one user's account, for that user only. The router hears only the users that follow. */
export function createAccountFeed<Message>(options: AccountFeedOptions<Message>): Feed {
  const members = new Map<Member, Unsubscribe>()

  async function join(username: string, member: Member): Promise<Follower> {
    const unsubscribe = await options.bus.subscribe(options.channelOf(username), {
      onMessage: (message) => {
        const change = options.changeOf(message)
        if (change) member.receive(change)
      },
      onGap: member.renew,
    })
    members.set(member, unsubscribe)
    return {
      flush: () => member.flush(),
      leave: () => {
        members.delete(member)
        unsubscribe()
        member.leave()
      },
    }
  }

  return {
    follow: async (stream) => {
      const { member, begin } = createMember(options, stream)
      // It subscribes before the first reading, so that no change is lost between the two.
      const follower = await join(stream.context.actor?.username ?? '', member)
      try {
        begin(await options.read(stream.context))
        return follower
      } catch (error) {
        follower.leave()
        throw error
      }
    },
    renew: () => {
      for (const member of members.keys()) member.renew()
    },
    close: () => {
      for (const unsubscribe of members.values()) unsubscribe()
      members.clear()
    },
  }
}

/** Pending data until the client can receive it: first the snapshot, then changes. */
function createOutbox({ payloadOf, keysOf }: AccountFeed, stream: Stream) {
  const { label, selection } = stream.subscription
  const pending = new Map<string, object>()
  let unsent: { readonly payload: Payload; readonly isSnapshot: boolean } | undefined

  const send = (payload: Payload, isSnapshot: boolean): void =>
    stream.send(writeEvent(label, selection, { ...payload, isSnapshot }))

  return {
    put: (payload: Payload, isSnapshot: boolean): void => {
      unsent = { payload, isSnapshot: isSnapshot || unsent?.isSnapshot === true }
      for (const key of keysOf?.(payload) ?? []) pending.delete(key)
    },
    /** Returns whether the client can receive more. */
    add: (key: string, value: object): boolean => {
      pending.set(key, value)
      if (pending.size <= mostPending) return true
      pending.clear()
      return false
    },
    /** Changes wait during a read, which may already contain them. */
    flush: (isReading: boolean): void => {
      if (unsent && stream.isReady()) {
        const { payload, isSnapshot } = unsent
        unsent = undefined
        send(payload, isSnapshot)
      }
      if (unsent || isReading || pending.size === 0 || !stream.isReady()) return
      const items = [...pending.values()]
      pending.clear()
      send(payloadOf(items), false)
    },
  }
}

function createMember(options: AccountFeed, stream: Stream) {
  const outbox = createOutbox(options, stream)
  let isBegun = false
  let hasMissed = false
  const flush = (): void => outbox.flush(reread.isBusy())
  const reread = createReread({
    read: () => options.read(stream.context),
    pace: options.pace,
    take: (payload: Payload, isSnapshot) => {
      outbox.put(payload, isSnapshot)
      flush()
    },
    giveUp: (error) => stream.fail(toRefusal(error, stream.context.log)),
  })

  function ask(isSnapshot: boolean): void {
    if (isBegun) reread.ask(isSnapshot)
    else hasMissed = true
  }

  function receive({ item }: Change): void {
    if (!item) ask(false)
    else if (!outbox.add(item.key, item.value)) ask(true)
    if (isBegun) flush()
  }

  const renew = (): void => {
    if (isBegun) reread.renew()
    else hasMissed = true
  }
  const member: Member = { receive, flush, renew, leave: () => reread.stop() }
  return {
    member,
    begin: (payload: Payload): void => {
      isBegun = true
      outbox.put(payload, true)
      if (hasMissed) reread.ask(true)
    },
  }
}
