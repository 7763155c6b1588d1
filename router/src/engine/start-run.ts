/** The state of one request before its plan runs, and what it shares with equal requests. */
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import { cacheRestriction } from './cache-policy.ts'
import type { Run } from './call/run.ts'
import type { CancelSignal } from './cancellation.ts'
import type { Variables } from './coerce.ts'
import type { CompiledOperation } from './compile.ts'
import { jsonText, read, type Data } from './data.ts'
import { ownVariable } from './plan/client-operation.ts'
import type { Variant } from './rules/variants.ts'
import { workKey, type WorkKey } from './shared-work.ts'

/** See `EngineOptions`. */
export interface RunSetting {
  readonly signal: ((context: unknown) => CancelSignal | undefined) | undefined
  readonly share: ((context: unknown) => string | undefined) | undefined
  readonly shareRequests: ((context: unknown) => string | undefined) | undefined
}

export function startRun(
  setting: RunSetting,
  request: GatewayGraphQLRequestContext,
  operation: CompiledOperation,
  variables: Variables,
): Run {
  const values = underNewName(operation, variables.coerced)
  return {
    root: Object.create(null) as Data,
    variables: underNewName(operation, variables.sent),
    coerced: values,
    errors: [...operation.refusals],
    errorWork: 0,
    copied: 0,
    context: request.context,
    shareKey: setting.share?.(request.context),
    isMutation: operation.isMutation,
    signal: operation.isMutation ? undefined : setting.signal?.(request.context),
    restrictCache: cacheRestriction(request.overallCachePolicy),
    scanner: operation.scannerFor(values),
    scanned: undefined,
    size: 0,
    isPlain: true,
  }
}

/** Adds the value of a variable that has another name in the calls (see `renameOwnVariable`). */
function underNewName({ clientVariable }: CompiledOperation, variables: Data): Data {
  if (clientVariable === undefined) return variables
  return { ...variables, [clientVariable]: read(variables, ownVariable) }
}

/** What equal requests have in common; undefined where a request is executed alone. */
export function sharingKey(
  { shareRequests }: RunSetting,
  { context, queryHash, request }: GatewayGraphQLRequestContext,
  run: Run,
  variant: Variant | undefined,
): WorkKey | undefined {
  if (!shareRequests || run.isMutation) return undefined
  const key = shareRequests(context)
  if (key === undefined) return undefined
  const { operationName = '' } = request
  const scope = [key, queryHash, operationName, variant?.key ?? ''].join('\n')
  return workKey(scope, jsonText(run.variables))
}
