import { bulkhead, type BulkheadPolicy } from 'cockatiel'
import type { RequestContext } from '../edge/request-context.ts'
import { SubgraphFailure } from './failure.ts'

/** A signed-in user, or the address of a client that is not signed in. */
export const callerOf = ({ actor, clientIp }: RequestContext): string =>
  actor ? `user:${actor.username}` : `address:${clientIp}`

/** Concurrent calls of one caller to one subgraph, and waiting calls; further ones are refused. */
export interface ShareLimits {
  readonly atOnce: number
  readonly waiting: number
}

export type Share = <Value>(caller: string, call: () => Promise<Value>) => Promise<Value>

/** Gives each caller a share of the calls to a subgraph, so that the slow calls of one leave room for others. */
export function openShares({ atOnce, waiting }: ShareLimits): Share {
  const shares = new Map<string, BulkheadPolicy>()
  return async (caller, call) => {
    const share = shares.get(caller) ?? bulkhead(atOnce, waiting)
    shares.set(caller, share)
    try {
      return await share.execute(call)
    } finally {
      if (share.executionSlots === atOnce) shares.delete(caller)
    }
  }
}

/** Separates timeouts caused by the subgraph from those of one caller with slow calls. */
export interface TimeoutJudge {
  /** Runs a call of a caller; without a caller, it serves several. */
  readonly watch: <Value>(caller: string | undefined, call: () => Promise<Value>) => Promise<Value>
  /** Whether an error of a watched call is not the fault of the subgraph. */
  readonly isExcused: (error: Error) => boolean
}

/**
 * A caller whose calls are too slow is not evidence against a subgraph that answers everyone else. Each caller's timeouts
 * count once until a call is answered. They all count when the subgraph fails a probe, which every timeout starts.
 */
export function openTimeoutJudge(probe: () => Promise<boolean>): TimeoutJudge {
  const excused = new WeakSet<Error>()
  const counted = new Set<string>()
  let isProbing = false
  let hasFailed = false

  async function ask(): Promise<void> {
    isProbing = true
    hasFailed = !(await probe().catch(() => false))
    isProbing = false
  }

  function counts(caller: string | undefined): boolean {
    if (!isProbing) void ask()
    if (caller === undefined || hasFailed) return true
    const isFirst = !counted.has(caller)
    counted.add(caller)
    return isFirst
  }

  return {
    watch: async (caller, call) => {
      try {
        const value = await call()
        counted.clear()
        hasFailed = false
        return value
      } catch (error) {
        const isTimeout = error instanceof SubgraphFailure && error.kind === 'timeout'
        if (isTimeout && !counts(caller)) excused.add(error)
        throw error
      }
    },
    isExcused: (error) => excused.has(error),
  }
}
