import type { ErrorCode } from '@cnop/schema/codes'
import { isErrorCode } from '@cnop/schema/codes'
import type { CombinedError } from 'urql'
import { formatMoney } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { sentences } from './error-sentences.ts'
import { titleOf, withNames } from './input-names.ts'
import { serverWords } from './server-words.ts'

/** A failure as the user sees it. The code and the request id are for support. */
export type Failure = {
  readonly code: ErrorCode | 'NETWORK' | 'OFFLINE'
  readonly sentence: string
  readonly requestId?: string | undefined
  readonly service?: string | undefined
  readonly field?: string | undefined
  readonly reason?: string | undefined
  /** From when on it is worth trying again, by this device's clock. */
  readonly retryAtMs?: number | undefined
}

/** A failed command or session request, thrown so that forms can catch it. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.sentence)
    this.failure = failure
  }
}

const offline = i18n.t('The platform could not be reached. Check your connection and try again.')

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function retryAt(response: Response | undefined, details: Readonly<Record<string, unknown>>) {
  const value = response?.headers.get('retry-after') ?? details['retryAfterSeconds']
  const seconds = Number(value ?? Number.NaN)
  return seconds > 0 ? Date.now() + seconds * 1000 : undefined
}

/** A field error has its own message; every other error has a fixed sentence. */
function sentenceFor(
  code: ErrorCode,
  field: string | undefined,
  reason: string | undefined,
): string {
  if (code === 'INVALID_CREDENTIALS' && field === 'currentPassword') return sentences.WRONG_PASSWORD
  if (code !== 'BAD_USER_INPUT' || !reason) return sentences[code]
  const words = withNames(serverWords(reason))
  return field ? i18n.t('{field}: {reason}', { field: titleOf(field), reason: words }) : words
}

/**
 * The problem of one field in a refusal, as the field shows it. Reasons are the rest of a sentence about the field: "must
 * be at most 30 days ahead".
 */
export function problemAt(failure: Failure | undefined, field: string): string | undefined {
  if (failure?.field !== field) return undefined
  const { reason, sentence } = failure
  return reason ? i18n.t('This {reason}.', { reason: withNames(serverWords(reason)) }) : sentence
}

/** The failure, unless it is about one of these fields, which show it. */
export const failureBeside = (
  failure: Failure | undefined,
  fields: readonly string[],
): Failure | undefined =>
  failure?.field !== undefined && fields.includes(failure.field) ? undefined : failure

/** What an order may be worth, in the sentence of one that is worth more. */
function withLimit(code: ErrorCode, sentence: string, limit: string | undefined): string {
  if (code !== 'ORDER_TOO_LARGE' || limit === undefined) return sentence
  return i18n.t('{reason} The most is {most}.', { reason: sentence, most: formatMoney(limit) })
}

const codeIn = ({ code }: Readonly<Record<string, unknown>>): ErrorCode =>
  isErrorCode(code) ? code : 'INTERNAL'

export const codeOf = ({ extensions }: CombinedError['graphQLErrors'][number]): ErrorCode =>
  codeIn(extensions)

function fromExtensions(
  extensions: Readonly<Record<string, unknown>>,
  response: Response | undefined,
): Failure {
  const code = codeIn(extensions)
  const details = record(extensions['details'])
  const field = text(details['field'])
  const reason = text(details['reason'])
  return {
    code,
    sentence: withLimit(code, sentenceFor(code, field, reason), text(details['limit'])),
    requestId: text(extensions['requestId']) ?? response?.headers.get('x-request-id') ?? undefined,
    service: text(extensions['serviceName']),
    field,
    reason,
    retryAtMs: retryAt(response, details),
  }
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'headers' in value
}

/** Codes of temporary failures: the same read may be retried. */
const passing: readonly string[] = [
  'NETWORK',
  'SUBGRAPH_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'TIMEOUT',
  'OVERLOADED',
  'INSIGHTS_UNAVAILABLE',
]

type Coded = Pick<Failure, 'code'>

export const isPassing = ({ code }: Coded): boolean => passing.includes(code)

/** Whether a read says nothing of what was read before: too many of them, or a fault of the platform. */
export const isOfMoment = ({ code }: Coded): boolean =>
  isPassing({ code }) || code === 'RATE_LIMITED' || code === 'INTERNAL'

/** No asset has this ticker, or none could: it has no form of one. */
export const isNoSuchAsset = ({ code }: Failure): boolean =>
  code === 'ASSET_NOT_FOUND' || code === 'BAD_USER_INPUT'

/** Converts an error of urql to one sentence; the first GraphQL error represents the others. */
export function describeError(error: CombinedError): Failure {
  const raw: unknown = error.response
  const response = isResponse(raw) ? raw : undefined
  const first = error.graphQLErrors[0]
  if (first) return fromExtensions(first.extensions, response)
  // The client failed before it sent anything.
  if (error.networkError instanceof ApiFailure) return error.networkError.failure
  const requestId = response?.headers.get('x-request-id') ?? undefined
  return { code: 'NETWORK', sentence: offline, requestId }
}

/** Converts a refused session request (`/auth/…`) to a failure. */
export async function describeResponse(response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => ({}))
  return fromExtensions(record(body), response)
}

/** The answer to a user who has left is for nobody, and what this user has begun is not sent by the next one. */
export const left: Failure = { code: 'SESSION_ENDED', sentence: sentences.SESSION_ENDED }

/** A command of a browser without a connection is not sent, so that its outcome is known. */
export const notSent: Failure = {
  code: 'OFFLINE',
  sentence: i18n.t('You are offline; nothing was sent. Send it again when the connection is back.'),
}

export const unreachable: Failure = { code: 'NETWORK', sentence: offline }

/** Converts any thrown value to a failure; an unexpected one is reported as internal. */
export function failureOf(error: unknown): Failure {
  return error instanceof ApiFailure
    ? error.failure
    : { code: 'INTERNAL', sentence: sentences.INTERNAL }
}

/** A command without an answer: the sentences of reads would say that nothing happened. */
const unanswered = i18n.t(
  'No answer arrived, so this may have been done all the same. Check your connection, and look before you try again.',
)

/** The failure of a command in its own words. */
export const ofCommand = (failure: Failure): Failure =>
  unansweredCodes.includes(failure.code) ? { ...failure, sentence: unanswered } : failure

const unansweredCodes: readonly string[] = [
  'NETWORK',
  'TIMEOUT',
  'SUBGRAPH_UNAVAILABLE',
  'SUBGRAPH_ANSWER_TOO_LARGE',
]

/** Whether the command may have run although no response came. */
export const isOutcomeUnknown = ({ code }: Failure): boolean =>
  unansweredCodes.includes(code) || code === 'OUTCOME_UNKNOWN' || code === 'INTERNAL'

/** Whether it is still unknown if the command has run. A repeat that was not sent says nothing about the first attempt. */
export const isStillUnknown = (failure: Failure, isRepeat: boolean): boolean =>
  isOutcomeUnknown(failure) || (isRepeat && failure.code === 'OFFLINE')
