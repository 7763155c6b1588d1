import { performance } from 'node:perf_hooks'
import { plainOperationName } from '@cnop/kit/metrics'
import type { SubgraphName } from '@cnop/schema/read'
import type { BreakerState } from './breaker.ts'
import { callerOf, openShares } from './callers.ts'
import { type Copy, isOneOf, type LinkOptions, type SubgraphCallOptions } from './copy.ts'
import {
  describeFailure,
  type FailureKind,
  type SubgraphFailure,
  TroubledReply,
} from './failure.ts'
import { openLane } from './heavy-calls.ts'

/** Calls one subgraph, hosted or remote, with a signature and a deadline. Resolves to the JSON text of the reply. */
export interface SubgraphLink {
  readonly name: SubgraphName
  /** Open when no copy is called. */
  breakerState(): BreakerState
  readonly copies: () => readonly Copy[]
  call(options: SubgraphCallOptions): Promise<string>
  readonly close: () => Promise<void>
}

/** The present copies of a subgraph; there is always one. */
export interface Copies {
  readonly list: () => readonly Copy[]
  /** A call to a copy failed with this. */
  notice(copy: Copy, failure: unknown): void
  readonly close: () => Promise<void>
}

/** A query goes on to another copy. A timed-out one does not: it would take as long again. */
const passableKinds: readonly FailureKind[] = [
  'connection',
  'lost',
  'status',
  'injected',
  'hung',
  'circuit_open',
  'overloaded',
]
/** A mutation goes on when the copy cannot have received it. */
const unreachedKinds: readonly FailureKind[] = ['connection', 'circuit_open', 'overloaded']

function mayGoOn(error: unknown, isMutation: boolean): boolean {
  if (!isMutation) return isOneOf(passableKinds)(error)
  return isOneOf(unreachedKinds)(error) && !error.isSent
}

const ranks = {
  // A half-open circuit is tried by queries, which another copy answers when it fails.
  query: { 'half-open': 0, closed: 1, open: 2 },
  mutation: { closed: 0, 'half-open': 1, open: 2 },
} as const

type Weight = readonly [number, number, number]

const compare = (one: Weight, other: Weight): number =>
  one[0] - other[0] || one[1] - other[1] || one[2] - other[2]

/** Copies in the order in which they are tried: in service first, then those with the fewest calls in progress, by turns. */
function inOrder(copies: readonly Copy[], isMutation: boolean, turn: number): Copy[] {
  const rank = ranks[isMutation ? 'mutation' : 'query']
  const first = turn % copies.length
  return [...copies.slice(first), ...copies.slice(0, first)]
    .map((copy) => ({
      copy,
      weight: [copy.isOut() ? 1 : 0, rank[copy.breakerState()], copy.callsInProgress()] as const,
    }))
    .sort((one, other) => compare(one.weight, other.weight))
    .map(({ copy }) => copy)
}

async function callOne(
  copies: Copies,
  call: SubgraphCallOptions,
  { caller, turn }: { caller: string | undefined; turn: number },
): Promise<string> {
  const order = inOrder(copies.list(), call.isMutation, turn)
  const isAlone = order.length === 1
  for (;;) {
    const copy = order.shift()
    if (!copy) throw new Error('A subgraph has no copy.')
    try {
      return await copy.run(call, { caller, isAlone, isLast: order.length === 0 })
    } catch (error) {
      copies.notice(copy, error)
      if (order.length === 0 || !mayGoOn(error, call.isMutation)) throw error
    }
  }
}

/** The state of the copy that is closest to taking calls. */
function bestState(copies: readonly Copy[]): BreakerState {
  const states = copies.map((copy) => copy.breakerState())
  if (states.includes('closed')) return 'closed'
  return states.includes('half-open') ? 'half-open' : 'open'
}

export function signedLink(options: LinkOptions, copies: Copies): SubgraphLink {
  const { name } = options.place
  const share = openShares(options.callerShare)
  const heavy = openLane(options.heavyCalls)
  let turn = 0
  const runFor = (caller: string, points: number, run: () => Promise<string>): Promise<string> =>
    points === 0 ? share(caller, run) : heavy(caller, points, () => share(caller, run))

  return {
    name,
    breakerState: () => bestState(copies.list()),
    copies: copies.list,
    close: copies.close,
    call: async (call) => {
      const { operationName, context } = call
      const startedAt = performance.now()
      const record = (failure?: FailureKind): void => {
        const durationMs = performance.now() - startedAt
        const fetch = { service: name, operation: operationName, durationMs }
        const outcome = failure === undefined ? 'ok' : 'failed'
        context.fetches.push({ ...fetch, outcome, ...(failure !== undefined && { failure }) })
      }
      try {
        const caller = call.isShared ? undefined : callerOf(context)
        const run = () => callOne(copies, call, { caller, turn: turn++ })
        const text = await (caller === undefined ? run() : runFor(caller, call.points, run))
        record()
        return text
      } catch (error) {
        if (error instanceof TroubledReply) {
          record(error.kind)
          return error.reply
        }
        const failure = describeFailure(name, error)
        record(failure.kind)
        logFailure(call, name, failure)
        throw failure
      }
    },
  }
}

function logFailure(
  { operationName, context }: SubgraphCallOptions,
  subgraph: SubgraphName,
  failure: SubgraphFailure,
): void {
  const operation = operationName && plainOperationName(operationName)
  const extra = { subgraph, operation, reason: failure.kind }
  context.log.warn(
    { action: 'subgraph.failed', error: failure, extra },
    'A call to a subgraph failed.',
  )
}
