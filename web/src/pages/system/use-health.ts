import { useCallback, useEffect, useState } from 'react'
import { type Failure, unreachable } from '../../api/errors.ts'
import { usePolling } from '../../api/polling.ts'
import type { Reading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { i18n } from '../../i18n.ts'
import { toWords } from './words.ts'

export type Check = {
  readonly name: string
  readonly status: string
  readonly details: readonly string[]
  /** The state of its circuit breaker, as a router without details of it reports it. */
  readonly breaker?: string
}
type Health = {
  readonly status: string
  readonly version: string | undefined
  readonly checks: readonly Check[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const places: Readonly<Record<string, string>> = {
  hosted: i18n.t('runs inside the router'),
  remote: i18n.t('runs by itself'),
}

const failedChecks: Readonly<Record<string, string>> = {
  STORE_UNAVAILABLE: i18n.t('its store does not answer'),
  CHECK_FAILED: i18n.t('the check of its store failed'),
}

/** The failed checks within a service. */
const failuresOf = (checks: object): string[] =>
  Object.values(checks).flatMap((outcome: unknown) =>
    outcome === 'ok' ? [] : (failedChecks[String(outcome)] ?? toWords(String(outcome))),
  )

/** A fact about a service in words; what is neither text nor a figure is left out. */
function detail(name: string, value: unknown): string[] {
  if (name === 'checks' && isRecord(value)) return failuresOf(value)
  if (name === 'place') return [places[String(value)] ?? String(value)]
  if (name === 'latencyMs' && typeof value === 'number') {
    return [i18n.t('answered in {ms} ms', { ms: round(value) })]
  }
  if (typeof value === 'number') return [`${toWords(name)}: ${round(value)}`]
  return typeof value === 'string' ? [`${toWords(name)}: ${value}`] : []
}

const round = (value: number): number => Math.round(value * 10) / 10

/** Parses one check: a string, or an object with a status and facts. */
function toCheck(name: string, value: unknown): Check {
  if (!isRecord(value)) return { name, status: String(value), details: [] }
  const { status, breaker, latencyMs, ...rest } = value
  // Without an answer there is no time that it took.
  const facts = status === 'unreachable' ? rest : { ...rest, latencyMs }
  return {
    name,
    status: typeof status === 'string' ? status : 'unknown',
    details: Object.entries(facts).flatMap(([key, each]) => detail(key, each)),
    ...(typeof breaker === 'string' && { breaker }),
  }
}

/** Flattens the health report of the platform: one check per dependency and service. */
export function parseHealth(body: unknown): Health {
  const report = isRecord(body) ? body : {}
  const flatten = ([name, value]: readonly [string, unknown]): Check[] =>
    isRecord(value) && !('status' in value)
      ? Object.entries(value).map(([inner, each]) => toCheck(inner, each))
      : [toCheck(name, value)]
  const checks = isRecord(report['checks']) ? Object.entries(report['checks']).flatMap(flatten) : []
  return {
    status: typeof report['status'] === 'string' ? report['status'] : 'unknown',
    version: typeof report['version'] === 'string' ? report['version'] : undefined,
    checks,
  }
}

type State = { readonly data: Health | undefined; readonly failure: Failure | undefined }

/** An unhealthy platform returns 503 with the same report. */
async function readHealth(): Promise<Health> {
  const response = await fetch(config.healthUrl, { headers: { accept: 'application/json' } })
  return parseHealth(await response.json())
}

/** Polls GET /health. The last report is kept when a request fails. */
export function useHealth(): Reading<Health> {
  const [state, setState] = useState<State>({ data: undefined, failure: undefined })
  const load = useCallback(
    () =>
      readHealth().then(
        (data) => setState({ data, failure: undefined }),
        () => setState(({ data }) => ({ data, failure: unreachable })),
      ),
    [],
  )
  useEffect(() => void load(), [load])
  usePolling(() => void load(), config.healthEveryMs)
  return { ...state, isLoading: !state.data && !state.failure, retry: () => void load() }
}
