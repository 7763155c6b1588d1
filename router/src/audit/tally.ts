import type { SecurityEvent } from './event.ts'

/** So many events of one kind and client are records of their own in a minute; further ones are counted. */
const ownRecords = 300
/** Of a limit that is hit, only the first is: whoever is over a limit is over it many times. */
const ownLimitHits = 1
/** All clients together get this many records of their own in a minute; then only kinds are counted. */
const mostRecords = 20_000

interface Kind {
  seen: number
  repeats: number
  readonly event: SecurityEvent
}

/** Keeps a flood from filling the disk: every event is either a record of its own or counted in exactly one. */
export interface Tally {
  /** Whether the event is to be a record of its own; if not, it is counted here. */
  admit(event: SecurityEvent): boolean
  /** Ends the minute: one record for each kind that had more than its own records. */
  close(): SecurityEvent[]
}

export function openTally(): Tally {
  let kinds = new Map<string, Kind>()
  let admitted = 0
  return {
    admit: (event) => {
      const isCrowded = admitted >= mostRecords || kinds.size >= mostRecords
      const told = isCrowded ? kindOnly(event) : kindOf(event)
      const key = JSON.stringify([isCrowded, told])
      const kind = kinds.get(key) ?? { seen: 0, repeats: 0, event: told }
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

/** Which limit, which door and which fault it was tells kinds apart; facts of a single event do not. */
function kindOf(event: SecurityEvent): SecurityEvent {
  const { user, client_ip, extra = {} } = event
  const told = ['limit', 'door', 'reason'].flatMap((name) => {
    const fact = extra[name]
    return fact === undefined ? [] : [[name, fact] as const]
  })
  return {
    ...kindOnly(event),
    user,
    client_ip,
    ...(told.length > 0 && { extra: Object.fromEntries(told) }),
  }
}
