import { config } from '../config.ts'

/**
 * Over HTTP/1.1 a browser opens six connections per origin for all tabs, and a stream keeps one. So that streams never
 * starve requests, only one tab at a time has a stream of each kind; the others queue, and hear what it receives. Without
 * locks (over plain http from another machine) no tab streams.
 */
export async function inSlot(
  locks: Pick<LockManager, 'request'> | undefined,
  kind: string,
  signal: AbortSignal,
  use: () => Promise<void>,
): Promise<void> {
  // A tab that is closed or hidden leaves the queue: that is not a failure.
  await locks?.request(`cnop-stream:${kind}`, { signal }, use).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

/** Windows beyond these poll. */
const mostFollowers = 20

/** The most assets of one stream. */
export const mostIds = 250

type Ids = readonly string[]

/** What the tabs of a browser tell each other about one stream. */
type Message =
  /** From a tab without the stream. A new one needs a snapshot. */
  | { readonly type: 'ask'; readonly from: string; readonly ids: Ids; readonly isNew: boolean }
  | { readonly type: 'leave'; readonly from: string }
  /** From the tab that has the stream from now on. */
  | { readonly type: 'lead' }
  /** An answer without news. */
  | { readonly type: 'state'; readonly isLive: boolean }
  | { readonly type: 'event'; readonly data: object }
  /** All there is of these assets, for every tab or for one. */
  | { readonly type: 'snapshot'; readonly data: object; readonly ids: Ids; readonly to?: string }

/** Of a `BroadcastChannel`, what is used here. */
export type Channel = {
  readonly postMessage: (message: unknown) => void
  readonly close: () => void
  onmessage: ((event: MessageEvent) => unknown) | null
}

type ShareDeps = {
  readonly channel: Channel
  readonly ids: Ids
  /** Whether the page is still that of the user whose stream this is. Otherwise nothing is told or heard. */
  readonly isOwn: () => boolean
  /** Adds an event to a snapshot, where that makes a newer one. */
  readonly merge: (snapshot: object, event: object) => object
  readonly onData: (data: object) => void
  readonly onDown: () => void
}

/** The stream, as its tab shares it. */
export type Lead = {
  /** The assets that all tabs want. */
  readonly ids: () => Ids
  /** Calls back when they are others. Returns a function that unsubscribes. */
  readonly onOtherIds: (listener: () => void) => () => void
  readonly tell: (data: object, isSnapshot: boolean) => void
  readonly tellDown: () => void
}

export type Share = {
  /** Makes this the tab that has the stream; until then it hears what another one receives. */
  readonly lead: () => Lead
  readonly leave: () => void
}

/** Several changes in quick succession open one stream. */
const settleMs = 300

const has = (all: Ids, some: Ids): boolean => some.every((id) => all.includes(id))

/** A tab without the stream. It asks at intervals, so that the one with the stream knows of it, and either notices when the other is gone. */
function startFollowing({ channel, ids, isOwn, onData, onDown }: ShareDeps) {
  const from = crypto.getRandomValues(new Uint32Array(4)).join('-')
  let isAbreast = false
  let silence: ReturnType<typeof setTimeout> | undefined
  const lose = () => {
    isAbreast = false
    onDown()
  }
  const hear = () => {
    clearTimeout(silence)
    silence = setTimeout(lose, 2.5 * config.streamAskMs)
  }
  const take = (data: object) => {
    if (!isAbreast) return
    hear()
    onData(data)
  }
  const say = (message: Message) => channel.postMessage(message)
  const ask = () => say({ type: 'ask', from, ids, isNew: !isAbreast })
  const timer = setInterval(ask, config.streamAskMs)
  channel.onmessage = ({ data: message }: { data: Message }) => {
    if (!isOwn()) return
    if (message.type === 'lead') ask()
    else if (message.type === 'state') {
      if (!message.isLive) lose()
      else if (isAbreast) hear()
    } else if (message.type === 'snapshot') {
      if (message.to !== undefined && message.to !== from) return
      isAbreast = has(message.ids, ids)
      take(message.data)
    } else if (message.type === 'event') take(message.data)
  }
  ask()
  return () => {
    clearInterval(timer)
    clearTimeout(silence)
    channel.onmessage = null
    say({ type: 'leave', from })
  }
}

/** The tab that has the stream. Others that have not asked for a while are gone. */
function startLeading({ channel, ids: own, isOwn, merge }: ShareDeps) {
  const followers = new Map<string, { readonly ids: Ids; readonly askedAtMs: number }>()
  const listeners = new Set<() => void>()
  let ids = [...own]
  let snapshot: object | undefined
  let isDown = false
  let settling: ReturnType<typeof setTimeout> | undefined
  const say = (message: Message) => {
    if (isOwn()) channel.postMessage(message)
  }
  const wanted = () =>
    [...new Set([own, ...[...followers.values()].map((one) => one.ids)].flat())].slice(0, mostIds)
  const settle = () => {
    const next = wanted()
    if (next.length === ids.length && has(ids, next)) return
    ids = next
    snapshot = undefined
    listeners.forEach((listener) => listener())
  }
  const plan = () => {
    clearTimeout(settling)
    settling = setTimeout(settle, settleMs)
  }
  const answer = (to: string, isNew: boolean) => {
    if (isDown) say({ type: 'state', isLive: false })
    else if (isNew && snapshot) say({ type: 'snapshot', data: snapshot, ids, to })
    else if (snapshot) say({ type: 'state', isLive: true })
  }
  const timer = setInterval(() => {
    const oldest = Date.now() - 2.5 * config.streamAskMs
    for (const [from, { askedAtMs }] of followers) if (askedAtMs < oldest) followers.delete(from)
    plan()
  }, config.streamAskMs)
  channel.onmessage = ({ data: message }: { data: Message }) => {
    if (message.type === 'leave' && followers.delete(message.from)) plan()
    if (message.type !== 'ask') return
    const { from, isNew } = message
    if (!followers.has(from) && followers.size >= mostFollowers) return
    followers.set(from, { ids: message.ids, askedAtMs: Date.now() })
    if (has(ids, message.ids)) answer(from, isNew)
    else plan()
  }
  say({ type: 'lead' })
  const lead: Lead = {
    ids: () => ids,
    onOtherIds: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (data, isSnapshot) => {
      isDown = false
      snapshot = isSnapshot || !snapshot ? data : merge(snapshot, data)
      if (followers.size === 0) return
      say(isSnapshot ? { type: 'snapshot', data, ids } : { type: 'event', data })
    },
    tellDown: () => {
      isDown = true
      snapshot = undefined
      if (followers.size > 0) say({ type: 'state', isLive: false })
    },
  }
  const stop = () => {
    clearInterval(timer)
    clearTimeout(settling)
    channel.onmessage = null
  }
  return { lead, stop }
}

/** A stream that no other tab hears. */
export const unshared = (ids: Ids): Share => ({
  lead: () => ({
    ids: () => ids,
    onOtherIds: () => () => undefined,
    tell: () => undefined,
    tellDown: () => undefined,
  }),
  leave: () => undefined,
})

/** A stream of one tab that the other visible ones hear. */
export function joinShare(deps: ShareDeps): Share {
  let stop = startFollowing(deps)
  return {
    lead: () => {
      stop()
      const leading = startLeading(deps)
      stop = leading.stop
      return leading.lead
    },
    leave: () => {
      stop()
      deps.channel.close()
    },
  }
}
