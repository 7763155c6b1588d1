import { performance } from 'node:perf_hooks'
import { type SigningKey, signCall } from '@cnop/kit/identity'
import type { Clock } from '@cnop/kit/clock'
import { keepScope } from '@cnop/kit/tracing/scope'
import { plainOperationName } from '@cnop/kit/metrics'
import type { Log } from '@cnop/kit/log'
import type { SubgraphName } from '@cnop/schema/read'
import { type RequestContext, identityOf } from '../edge/request-context.ts'
import {
  callerOf,
  openShares,
  openTimeoutJudge,
  type ShareLimits,
  type TimeoutJudge,
} from './callers.ts'
import {
  describeFailure,
  type FailureKind,
  SubgraphFailure,
  textOf,
  TroubledReply,
  unsent,
} from './failure.ts'
import { type LaneLimits, openLane } from './heavy-calls.ts'
import type { InjectFault } from './faults.ts'
import type { Send } from './post.ts'
import { type BreakerView, openBreakerHistory } from './breaker-history.ts'
import { type Breaker, type BreakerConfig, type BreakerState, createBreaker } from './breaker.ts'

export interface SubgraphPlace {
  readonly name: SubgraphName
  /** Where it listens; undefined: hosted in this process. */
  readonly url: string | undefined
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]]
}

export interface SubgraphCallOptions {
  /** The JSON text of a GraphQL request. */
  readonly body: string
  readonly operationName: string | undefined
  readonly isMutation: boolean
  /** The call reads public fields only and may serve several users: it carries no actor. */
  readonly isAnonymous: boolean
  /** Shared by several requests: it has the whole deadline of a call, whatever time this request has left. */
  readonly isShared: boolean
  /** What it weighs among the caller's heavy calls; 0 for a light one. */
  readonly points: number
  readonly context: RequestContext
}

/** Calls one subgraph, hosted or remote, with a signature and a deadline. Resolves to the JSON text of the reply. */
export interface SubgraphLink {
  readonly name: SubgraphName
  breakerState(): BreakerState
  /** With the time of the last change and the last failures. */
  readonly describeBreaker: () => BreakerView
  call(options: SubgraphCallOptions): Promise<string>
  close(): Promise<void>
}

export interface LinkOptions {
  readonly place: SubgraphPlace
  readonly now: Clock
  readonly deadlineMs: number
  /** A larger reply is refused. */
  readonly mostAnswerBytes: number
  readonly breaker: BreakerConfig
  readonly callerShare: ShareLimits
  readonly heavyCalls: LaneLimits
  readonly injectFault: InjectFault
  readonly log: Log
}

export interface LinkParts {
  readonly send: Send
  /** Checks the health of the subgraph within a second. */
  readonly probe: () => Promise<boolean>
  readonly close: () => Promise<void>
}

export const probeDeadlineMs = 900

/** Failures that count for the breaker: a caller's short deadline is not the subgraph's fault. */
const countingKinds: readonly FailureKind[] = [
  'timeout',
  'connection',
  'lost',
  'status',
  'injected',
]
/** A timed-out call is not retried: it would take as long again. A lost one has already been retried. */
const repeatableKinds: readonly FailureKind[] = ['connection', 'status', 'injected']

const isOneOf =
  (kinds: readonly FailureKind[]) =>
  (error: Error): boolean =>
    error instanceof SubgraphFailure && kinds.includes(error.kind)

function openBreaker(
  { place, breaker, injectFault, log }: LinkOptions,
  { probe, notice }: Pick<LinkParts, 'probe'> & { notice: (state: BreakerState) => void },
): Pick<TimeoutJudge, 'watch'> & { breaker: Breaker } {
  const probeOnce = async (): Promise<boolean> => {
    await injectFault(place.name, probeDeadlineMs)
    return probe()
  }
  const { watch, isExcused } = openTimeoutJudge(probeOnce)
  const opened = createBreaker({
    ...breaker,
    isFailure: (error) =>
      error instanceof TroubledReply || (isOneOf(countingKinds)(error) && !isExcused(error)),
    isWorthAnotherTry: isOneOf(repeatableKinds),
    probe: probeOnce,
    onChange: (state) => {
      notice(state)
      log.warn(
        { action: 'breaker.changed', extra: { subgraph: place.name, state } },
        `The circuit to ${place.name} is ${state}.`,
      )
    },
  })
  return { breaker: opened, watch }
}

/** One attempt of a call; each has its own deadline and signature. */
function openAttempts(options: LinkOptions, send: Send) {
  const exchange = openExchanges(options, send)
  return async (call: SubgraphCallOptions): Promise<string> => {
    try {
      return await exchange(call, false)
    } catch (error) {
      // A subgraph may close a kept-alive connection while a query is being sent. That is not a failure.
      if (call.isMutation || !isOneOf(['lost'])(error as Error)) throw error
      return exchange(call, true)
    }
  }
}

function openExchanges({ place, now, deadlineMs, injectFault }: LinkOptions, send: Send) {
  const { name, signingKeys } = place
  const [key] = signingKeys
  return async (call: SubgraphCallOptions, isOverNew: boolean): Promise<string> => {
    const { body, isMutation, isAnonymous, isShared, context } = call
    const leftMs = isShared ? deadlineMs : context.deadlineAt - performance.now()
    const timeoutMs = Math.floor(Math.min(deadlineMs, leftMs))
    if (timeoutMs <= 0) throw unsent('The request has no time left.', 'no_time_left')
    context.momentMs ??= now()
    const whole = identityOf(context)
    const identity = isAnonymous ? { ...whole, actor: undefined } : whole
    const headers = signCall(key, { subgraph: name, body, identity }, now())
    try {
      await injectFault(name, timeoutMs)
      return textOf(name, await send({ headers, body, timeoutMs, isOverNew }), isMutation)
    } catch (error) {
      if (error instanceof TroubledReply) throw error
      const failure = describeFailure(name, error)
      const isHasty = failure.kind === 'timeout' && timeoutMs < deadlineMs / 2
      const { message, isSent } = failure
      throw isHasty
        ? new SubgraphFailure(message, 'no_time_left', { isSent, cause: error })
        : failure
    }
  }
}

export function signedLink(options: LinkOptions, { send, probe, close }: LinkParts): SubgraphLink {
  const { name } = options.place
  const attempt = openAttempts(options, send)
  const history = openBreakerHistory(options.now)
  const { breaker, watch } = openBreaker(options, { probe, notice: history.notice })
  const share = openShares(options.callerShare)
  const heavy = openLane(options.heavyCalls)
  const runFor = (caller: string, points: number, run: () => Promise<string>): Promise<string> =>
    points === 0 ? share(caller, run) : heavy(caller, points, () => share(caller, run))

  return {
    name,
    breakerState: () => breaker.state(),
    describeBreaker: () => history.view(breaker.state()),
    close: async () => {
      breaker.close()
      await close()
    },
    call: async (call) => {
      const { operationName, context, isMutation } = call
      const startedAt = performance.now()
      const record = (failure?: FailureKind): void => {
        const durationMs = performance.now() - startedAt
        const fetch = { service: name, operation: operationName, durationMs }
        const outcome = failure === undefined ? 'ok' : 'failed'
        context.fetches.push({ ...fetch, outcome, ...(failure !== undefined && { failure }) })
      }
      try {
        const caller = call.isShared ? undefined : callerOf(context)
        const once = keepScope(() => watch(caller, () => attempt(call)))
        const run = () => breaker.run(once, { isRepeatable: !isMutation })
        const text = await (caller === undefined ? run() : runFor(caller, call.points, run))
        record()
        return text
      } catch (error) {
        if (error instanceof TroubledReply) {
          record(error.kind)
          history.noteFailure(error.kind)
          return error.reply
        }
        const failure = describeFailure(name, error, history.lastKind())
        record(failure.kind)
        if (isOneOf(countingKinds)(failure)) history.noteFailure(failure.kind)
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
