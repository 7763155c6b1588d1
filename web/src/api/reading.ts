import { useCallback, useEffect, useEffectEvent, useMemo, useRef } from 'react'
import {
  type AnyVariables,
  type CombinedError,
  createRequest,
  type TypedDocumentNode,
  useQuery,
} from 'urql'
import { describeError, type Failure, isPassing } from './errors.ts'
import { useLastAnswer } from './last-answer.ts'
import { usePolling } from './polling.ts'
import { backOffMs, whenBack } from './reconnect.ts'

const longestMs = 30_000

/** Retries after a temporary failure, at growing intervals, and immediately when the browser is online again. */
function useRecovery(hasFailed: boolean, isTrying: boolean, retry: () => void): void {
  const failures = useRef(0)
  const onRetry = useEffectEvent(() => {
    if (document.visibilityState === 'visible' && !isTrying) retry()
  })
  useEffect(() => {
    if (!hasFailed) failures.current = 0
    if (!hasFailed || isTrying) return undefined
    failures.current += 1
    const timer = setTimeout(() => onRetry(), backOffMs(failures.current, longestMs))
    const stopListening = whenBack(() => onRetry())
    return () => {
      clearTimeout(timer)
      stopListening()
    }
  }, [hasFailed, isTrying])
}

/** The state of a panel's read: its data, its failure, and a function to retry it. */
export type Reading<Data> = {
  readonly data: Data | undefined
  readonly failure: Failure | undefined
  readonly isLoading: boolean
  readonly retry: () => void
}

type ReadingOptions = { readonly pause?: boolean; readonly everyMs?: number }

const never = 2 ** 31 - 1

/** When every part of a response failed, its data is null. */
const unlessNull = <Data>(data: Data | null | undefined): Data | undefined => data ?? undefined

type Trying = {
  readonly pause: boolean
  readonly fetching: boolean
  readonly retry: () => void
}

/** The failure of a read. Temporary ones are retried. */
function useFailure(
  error: CombinedError | undefined,
  { pause, fetching, retry }: Trying,
): Failure | undefined {
  const failure = useMemo(() => error && describeError(error), [error])
  useRecovery(!pause && failure !== undefined && isPassing(failure), fetching, retry)
  return failure
}

/** Reads a persisted query, from the cache first. With `everyMs` it is refreshed at that interval. */
export function useReading<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, everyMs = never }: ReadingOptions = {},
): Reading<Data> {
  const [result, execute] = useQuery({
    query,
    variables,
    pause,
    requestPolicy: 'cache-and-network',
  })
  const retry = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute])
  usePolling(() => {
    if (!pause && !result.fetching) retry()
  }, everyMs)
  // urql keeps the last result while it reads with other variables. It must not be shown for the new ones.
  const { key } = createRequest(query, variables)
  const isAnswer = result.operation?.key === key
  const { data, error } = isAnswer ? result : {}
  const isReading = result.fetching || result.stale
  const failure = useFailure(error, { pause, retry, ...result })
  return {
    ...useLastAnswer({ data: unlessNull(data), error, failure }, key, isReading),
    isLoading: isReading || !isAnswer,
    retry,
  }
}
