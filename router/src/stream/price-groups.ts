import type { Stream } from './feed.ts'
import type { PriceMemory, StreamPrice } from './price-memory.ts'
import type { Selection } from './selection.ts'
import { type EventText, writeEvent } from './write-event.ts'

/** Streams with the same selection and the same assets, which share one event text. */
export interface PriceGroup {
  readonly ids: readonly string[]
  streams(): readonly Stream[]
  /** Sends the prices of the changed assets that the group follows. */
  publish(changed: ReadonlySet<string>): void
  /** Sends all members a snapshot. */
  renew(): void
}

interface Member {
  readonly stream: Stream
  /** Assets that changed while the client did not keep up: only their newest price is sent. */
  readonly backlog: Set<string>
  needsSnapshot: boolean
}

interface PriceMember {
  /** Sends the snapshot when that is due; returns whether changes wait for the next flush. */
  flush(): boolean
  leave(): void
}

export interface PriceGroups {
  all(): Iterable<PriceGroup>
  size(): number
  join(stream: Stream, ids: readonly string[]): PriceMember
}

export function createGroups(memory: PriceMemory): PriceGroups {
  const bySelection = new Map<Selection, Map<string, ReturnType<typeof createGroup>>>()

  function* all() {
    for (const groups of bySelection.values()) yield* groups.values()
  }

  function join(stream: Stream, ids: readonly string[]): PriceMember {
    const { selection } = stream.subscription
    const groups = bySelection.get(selection) ?? new Map<string, ReturnType<typeof createGroup>>()
    bySelection.set(selection, groups)
    const key = ids.join()
    const group = groups.get(key) ?? createGroup(memory, stream, ids)
    groups.set(key, group)
    const member: Member = { stream, backlog: new Set(), needsSnapshot: true }
    group.members.add(member)
    return {
      flush: () => group.flush(member),
      leave: () => {
        group.members.delete(member)
        if (group.members.size === 0) groups.delete(key)
        if (groups.size === 0) bySelection.delete(selection)
      },
    }
  }

  return { all, size: () => bySelection.size, join }
}

function createGroup(memory: PriceMemory, { subscription }: Stream, ids: readonly string[]) {
  const { label, selection } = subscription
  const members = new Set<Member>()

  const write = (assetIds: Iterable<string>, isSnapshot: boolean): EventText => {
    const prices: StreamPrice[] = []
    for (const assetId of assetIds) {
      const price = memory.get(assetId)
      if (price) prices.push(price)
    }
    return writeEvent(label, selection, { isSnapshot, prices })
  }

  function flush(member: Member): boolean {
    const { stream, backlog } = member
    if (member.needsSnapshot && stream.isReady()) {
      member.needsSnapshot = false
      backlog.clear()
      stream.send(write(ids, true))
    }
    return backlog.size > 0
  }

  function notify(member: Member, changed: readonly string[], shared: EventText | undefined) {
    const { stream, backlog, needsSnapshot } = member
    if (!needsSnapshot && backlog.size === 0 && stream.isReady()) {
      if (shared) stream.send(shared)
      return
    }
    for (const assetId of changed) backlog.add(assetId)
    if (needsSnapshot || !stream.isReady()) return
    const text = write(backlog, false)
    backlog.clear()
    stream.send(text)
  }

  return {
    ids,
    members,
    flush,
    streams: () => [...members].map(({ stream }) => stream),
    publish: (assetIds: ReadonlySet<string>) => {
      const changed = ids.filter((assetId) => assetIds.has(assetId))
      const shared = changed.length > 0 ? write(changed, false) : undefined
      for (const member of members) notify(member, changed, shared)
    },
    renew: () => {
      for (const member of members) {
        member.needsSnapshot = true
        flush(member)
      }
    },
  }
}
