import { useCallback, useEffect, useState } from 'react'
import { type Failure, unreachable } from '../../api/errors.ts'
import { usePolling } from '../../api/polling.ts'
import type { Reading } from '../../api/reading.ts'
import { config } from '../../config.ts'

export type Check = {
  readonly name: string
  readonly status: string
  readonly details: readonly string[]
}
type Health = {
  readonly status: string
  readonly version: string | undefined
  readonly checks: readonly Check[]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function detail(name: string, value: unknown): string[] {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return []
  return [`${name}: ${typeof value === 'number' ? Math.round(value * 10) / 10 : value}`]
}

/** Parses one check: a string, or an object with a status and figures. */
function toCheck(name: string, value: unknown): Check {
  if (!isRecord(value)) return { name, status: String(value), details: [] }
  const { status, ...rest } = value
  return {
    name,
    status: typeof status === 'string' ? status : 'unknown',
    details: Object.entries(rest).flatMap(([key, each]) => detail(key, each)),
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
