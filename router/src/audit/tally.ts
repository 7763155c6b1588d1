import type { SecurityEvent } from './event.ts'

/** Events of one kind and client per minute that become records of their own; further ones are counted. */
const ownRecords = 300
/** For `limit.hit`, only the first: a client over a limit exceeds it many times. */
const ownLimitHits = 1
/** Records per minute of all clients together; further events are counted by kind only. */
const mostRecords = 20_000

interface Kind {
  seen: number
  repeats: number
  readonly event: SecurityEvent
}

/** Prevents a flood of events from filling the disk: an event is either a record or counted in exactly one. */
export interface Tally {
  /** Whether the event becomes a record of its own; if not, it is counted here. */
  admit(event: SecurityEvent): boolean
  /** Ends the minute: one record for each kind that had more than its own records. */
  close(): SecurityEvent[]
}

export function openEventTally(): Tally {
  let kinds = new Map<string, Kind>()
  let admitted = 0
  return {
    admit: (event) => {
      const isCrowded = admitted >= mostRecords || kinds.size >= mostRecords
      const grouped = isCrowded ? kindOnly(event) : kindOf(event)
      const key = JSON.stringify([isCrowded, grouped])
      const kind = kinds.get(key) ?? { seen: 0, repeats: 0, event: grouped }
      kinds.set(key, kind)
      kind.seen += 1
      const allowance = event.action === 'limit.hit' ? ownLimitHits : ownRecords
      if (!isCrowded && kind.seen <= allowance) {
        admitted += 1
        return true
      }
      kind.repeats += event.count ?? 1
      return false
    },
    close: () => {
      const repeated = [...kinds.values()].filter(({ repeats }) => repeats > 0)
      kinds = new Map()
      admitted = 0
      return repeated.map(({ event, repeats }) => ({ ...event, count: repeats }))
    },
  }
}

const kindOnly = ({ action, outcome, code }: SecurityEvent): SecurityEvent => ({
  action,
  outcome,
  code,
})

/** Events are grouped by limit, endpoint and reason; facts of a single event do not matter. */
function kindOf(event: SecurityEvent): SecurityEvent {
  const { user, client_ip, extra = {} } = event
  const grouped = ['limit', 'endpoint', 'reason'].flatMap((name) => {
    const fact = extra[name]
    return fact === undefined ? [] : [[name, fact] as const]
  })
  return {
    ...kindOnly(event),
    user,
    client_ip,
    ...(grouped.length > 0 && { extra: Object.fromEntries(grouped) }),
  }
}
