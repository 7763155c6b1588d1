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

/** Sorts a failed write. Whatever is not known to be harmless counts as unknown. */
export function judgeFailure(error: unknown): StoreFailure {
  const { name, code, CancellationReasons } = error as SdkError
  if (name === 'TransactionCanceledException') {
    return { kind: 'cancelled', reasons: CancellationReasons ?? [] }
  }
  if (passingErrors.has(name ?? '') || code === 'ECONNREFUSED') return { kind: 'unwritten' }
  return { kind: isRejected(error as SdkError) ? 'rejected' : 'unknown' }
}

function isRejected({ name, $metadata }: SdkError): boolean {
  // The SDK adds metadata once a request is on its way; before that an error is our own.
  if (!$metadata) return true
  // The first call with this token is still running in the store.
  if (name === 'TransactionInProgressException') return false
  const { httpStatusCode = 0 } = $metadata
  return httpStatusCode >= 400 && httpStatusCode < 500
}
