import type { CancellationReason } from '@aws-sdk/client-dynamodb'

/** What a failed write means. */
export type StoreFailure =
  | { readonly kind: 'cancelled'; readonly reasons: readonly CancellationReason[] }
  /** Nothing was written, and the same call may succeed in a moment. */
  | { readonly kind: 'unwritten' }
  /** The store may have written, or not. */
  | { readonly kind: 'unknown' }
  /** Nothing was written, and the same call will fail again: a bug or a wrong setting. */
  | { readonly kind: 'rejected' }

const passingErrors = new Set([
  'TransactionConflictException',
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
])

interface SdkError {
  readonly name?: string
  readonly code?: string
  readonly CancellationReasons?: readonly CancellationReason[]
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Classifies a failed write. Anything not known to be harmless counts as unknown. */
export function judgeFailure(error: unknown): StoreFailure {
  const { name, CancellationReasons } = error as SdkError
  if (name === 'TransactionCanceledException') {
    return { kind: 'cancelled', reasons: CancellationReasons ?? [] }
  }
  if (passingErrors.has(name ?? '') || isRefusedConnection(error)) return { kind: 'unwritten' }
  return { kind: isRejected(error as SdkError) ? 'rejected' : 'unknown' }
}

/** Whether the connection was refused: the only connection failure that certainly carried no request. */
export const isRefusedConnection = (error: unknown): boolean =>
  (error as SdkError | undefined)?.code === 'ECONNREFUSED'

/**
 * Whether an error of the store, of a read or a write, says that the store cannot be reached or has no capacity.
 * A conflict, a refused condition and a wrong request say that it is there.
 */
export function isStoreDown(error: unknown): boolean {
  const { name } = error as SdkError
  if (name === 'TransactionConflictException') return false
  // The store answered; its answer cannot be read.
  if (name === 'SyntaxError') return false
  // Our own deadline ended the call.
  if (name === 'AbortError' || name === 'TimeoutError') return true
  const { kind } = judgeFailure(error)
  return kind === 'unwritten' || kind === 'unknown'
}

function isRejected({ name, $metadata }: SdkError): boolean {
  // The SDK adds metadata once a request is on its way; before that an error is our own.
  if (!$metadata) return true
  // The first call with this token is still running in the store.
  if (name === 'TransactionInProgressException') return false
  const { httpStatusCode = 0 } = $metadata
  return httpStatusCode >= 400 && httpStatusCode < 500
}
