import { performance } from 'node:perf_hooks'
import type { Clock } from '@cnop/kit/clock'
import { type SigningKey, signCall } from '@cnop/kit/identity'
import type { Log } from '@cnop/kit/log'
import { PassingMap } from '@cnop/kit/passing-map'
import { keepScope } from '@cnop/kit/tracing/scope'
import type { SubgraphName } from '@cnop/schema/read'
import { type RequestContext, identityOf } from '../edge/request-context.ts'
import { type Breaker, type BreakerConfig, type BreakerState, createBreaker } from './breaker.ts'
import { type BreakerView, openBreakerHistory } from './breaker-history.ts'
import { openTimeoutJudge, type ShareLimits, type TimeoutJudge } from './callers.ts'
import {
  describeFailure,
  type FailureKind,
  SubgraphFailure,
  textOf,
  TroubledReply,
  unsent,
} from './failure.ts'
import type { InjectFault } from './faults.ts'
import type { LaneLimits } from './heavy-calls.ts'
import type { Send } from './post.ts'

export interface SubgraphPlace {
  readonly name: SubgraphName
  /** Where its copies listen; none: hosted in this process. */
  readonly urls: readonly string[]
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

export interface CopyParts {
  /** Its address, or `hosted`. */
  readonly name: string
  readonly send: Send
  /** Checks the health of the copy within a second. */
  readonly probe: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** One process of a subgraph, with a circuit breaker and a bulkhead of its own. */
export interface Copy {
  readonly name: string
  breakerState(): BreakerState
  /** With the time of the last change and the last failures. */
  describeBreaker(): BreakerView
  callsInProgress(): number
  /** Takes no calls while another copy does: it drains, or it does not respond. */
  isOut(): boolean
  setOut(isOut: boolean): void
  /** Aborts its queries, so that another copy answers them. A mutation that it may execute is left to its deadline. */
  abortQueries(): void
  run(call: SubgraphCallOptions, options: RunOptions): Promise<string>
  readonly close: () => Promise<void>
}

interface RunOptions {
  /** Undefined for a call that serves several. */
  readonly caller: string | undefined
  /** There is no other copy, so this one gets a failed query again. */
  readonly isAlone: boolean
  /** No copy is left for the call, so it waits for this one even when it hangs. */
  readonly isLast: boolean
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

export const isOneOf =
  (kinds: readonly FailureKind[]) =>
  (error: unknown): error is SubgraphFailure =>
    error instanceof SubgraphFailure && kinds.includes(error.kind)

function openBreaker(
  { place, breaker, injectFault, log }: LinkOptions,
  { name, probe, notice }: CopyParts & { notice: (state: BreakerState) => void },
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
        { action: 'breaker.changed', extra: { subgraph: place.name, copy: name, state } },
        `The circuit to ${place.name} at ${name} is ${state}.`,
      )
    },
  })
  return { breaker: opened, watch }
}

/** One attempt of a call; each has its own deadline and signature. */
function openAttempts(options: LinkOptions, send: Send) {
  const exchange = openExchanges(options, send)
  return async (call: SubgraphCallOptions, signal: AbortSignal): Promise<string> => {
    try {
      return await exchange(call, signal, false)
    } catch (error) {
      // A subgraph may close a kept-alive connection while a query is being sent. That is not a failure.
      if (call.isMutation || !isOneOf(['lost'])(error)) throw error
      return exchange(call, signal, true)
    }
  }
}

function openExchanges({ place, now, deadlineMs, injectFault }: LinkOptions, send: Send) {
  const { name, signingKeys } = place
  const [key] = signingKeys
  return async (
    call: SubgraphCallOptions,
    signal: AbortSignal,
    isOverNew: boolean,
  ): Promise<string> => {
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
      const sending = { headers, body, timeoutMs, isOverNew, signal }
      return textOf(name, await send(sending), isMutation)
    } catch (error) {
      if (error instanceof TroubledReply) throw error
      if (signal.aborted) throw hung(name, error)
      const failure = describeFailure(name, error)
      const isHasty = failure.kind === 'timeout' && timeoutMs < deadlineMs / 2
      const { message, isSent } = failure
      throw isHasty
        ? new SubgraphFailure(message, 'no_time_left', { isSent, cause: error })
        : failure
    }
  }
}

const hung = (name: SubgraphName, cause: unknown): SubgraphFailure =>
  new SubgraphFailure(`A copy of ${name} does not respond.`, 'hung', { isSent: true, cause })

export function openCopy(options: LinkOptions, parts: CopyParts): Copy {
  const { name } = parts
  const attempt = openAttempts(options, parts.send)
  const history = openBreakerHistory(options.now)
  const { breaker, watch } = openBreaker(options, { ...parts, notice: history.notice })
  const queries = new PassingMap<AbortController, true>()
  let inProgress = 0
  let isOut = false

  return {
    name,
    breakerState: () => breaker.state(),
    describeBreaker: () => history.view(breaker.state()),
    callsInProgress: () => inProgress,
    isOut: () => isOut,
    setOut: (value) => {
      if (value !== isOut) {
        const extra = { subgraph: options.place.name, copy: name, isOut: value }
        options.log.warn({ action: 'copy.changed', extra }, 'A copy left or rejoined the service.')
      }
      isOut = value
    },
    abortQueries: () => {
      for (const query of queries.keys()) query.abort()
    },
    run: async (call, { caller, isAlone, isLast }) => {
      const abort = new AbortController()
      if (!call.isMutation && !isLast) queries.set(abort, true)
      inProgress += 1
      try {
        const once = keepScope(() => watch(caller, () => attempt(call, abort.signal)))
        return await breaker.run(once, { isRepeatable: isAlone && !call.isMutation })
      } catch (error) {
        if (error instanceof TroubledReply) {
          history.noteFailure(error.kind)
          throw error
        }
        const failure = describeFailure(options.place.name, error, history.lastKind())
        if (isOneOf(countingKinds)(failure)) history.noteFailure(failure.kind)
        throw failure
      } finally {
        inProgress -= 1
        queries.delete(abort)
      }
    },
    close: async () => {
      breaker.close()
      await parts.close()
    },
  }
}
