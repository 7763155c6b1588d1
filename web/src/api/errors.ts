import type { ErrorCode } from '@cnop/schema/codes'
import { isErrorCode } from '@cnop/schema/codes'
import type { CombinedError } from 'urql'
import { formatMoney } from '../format/money.ts'
import { i18n } from '../i18n.ts'
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

const reload = i18n.t('The app is out of date; reload the page.')

/** One sentence for every code. A code without a sentence does not compile. */
export const sentences = {
  UNAUTHENTICATED: i18n.t('Please sign in again.'),
  FORBIDDEN: i18n.t('You are not allowed to see or do this.'),
  INVALID_CREDENTIALS: i18n.t('The username or the password is wrong.'),
  USER_NOT_FOUND: i18n.t('There is no such user.'),
  WRONG_PASSWORD: i18n.t('The current password is wrong.'),
  SIGN_IN_DELAYED: i18n.t(
    'Too many failed attempts for this account. Wait a little, then try again.',
  ),
  IP_BLOCKED: i18n.t('Too many failed sign-ins from your address. Try again later.'),
  SESSION_ENDED: i18n.t('Your session has ended. Please sign in again.'),
  SESSION_NOT_FOUND: i18n.t('This session has already ended.'),
  BAD_USER_INPUT: i18n.t('Something in the form is not right.'),
  GRAPHQL_PARSE_FAILED: reload,
  GRAPHQL_VALIDATION_FAILED: reload,
  OPERATION_RESOLUTION_FAILURE: reload,
  BAD_REQUEST: reload,
  METHOD_NOT_ALLOWED: reload,
  EXPECTATION_FAILED: reload,
  PERSISTED_QUERY_NOT_FOUND: reload,
  PERSISTED_QUERY_NOT_SUPPORTED: reload,
  PERSISTED_QUERY_ONLY: reload,
  USERNAME_TAKEN: i18n.t('This username is taken; choose another one.'),
  EMAIL_TAKEN: i18n.t('Another account uses this e-mail address.'),
  ASSET_NOT_FOUND: i18n.t('There is no such asset.'),
  ASSET_NOT_TRADABLE: i18n.t('This asset cannot be traded at the moment.'),
  ASSET_HALTED: i18n.t(
    'Trading in this asset is halted until its price is confirmed. Try again in a moment.',
  ),
  CLIENT_ORDER_ID_USED: i18n.t('You have an order with this id of your own already.'),
  ORDER_NOT_FOUND: i18n.t('There is no such order.'),
  ORDER_NOT_CANCELLABLE: i18n.t('This order is final and cannot be cancelled any more.'),
  ORDER_NOT_REPLACEABLE: i18n.t('This order has ended and cannot be changed any more.'),
  RECURRING_ORDER_NOT_FOUND: i18n.t('You have no such recurring order.'),
  PORTFOLIO_ALERT_NOT_FOUND: i18n.t('You have no such alert on your portfolio.'),
  PORTFOLIO_ALERT_EXISTS: i18n.t('You have this alert already.'),
  PORTFOLIO_ALERT_MET: i18n.t(
    'Your portfolio is worth that already. Choose a value that it has yet to reach.',
  ),
  STOP_PRICE_REACHED: i18n.t('The market is at this stop price or beyond it already.'),
  ORDER_TOO_SMALL: i18n.t(
    'The order is too small. The smallest order is worth $1.00; only a whole holding may be sold for less.',
  ),
  ORDER_TOO_LARGE: i18n.t('The order is worth more than one order may be.'),
  PRICE_ALERT_NOT_FOUND: i18n.t('There is no such price alert.'),
  PRICE_ALERT_EXISTS: i18n.t('You have this alert already.'),
  PRICE_ALERT_MET: i18n.t('The price is there already. Choose one that it has yet to reach.'),
  LIMIT_REACHED: i18n.t('You have as many of these as you can have. Remove one first.'),
  PRICE_MOVED: i18n.t(
    'The price moved while you decided. Nothing was traded; look at the new price.',
  ),
  QUOTE_STALE: i18n.t('The last known price is too old to trade on. Try again in a moment.'),
  INSUFFICIENT_FUNDS: i18n.t('Your available cash does not cover this.'),
  INSUFFICIENT_HOLDINGS: i18n.t('You do not have that much of this asset available.'),
  DAILY_LIMIT_EXCEEDED: i18n.t('This is more than is left of today’s limit.'),
  ALREADY_CLAIMED_TODAY: i18n.t('You opened today’s red pocket already. Come back tomorrow.'),
  ACCOUNT_TOO_NEW: i18n.t('Your account is too new for a red pocket. Come back later.'),
  RED_POCKET_CLOSED: i18n.t('Red pockets are not available at the moment.'),
  RED_POCKET_ON_HOLD: i18n.t(
    'This needs cash from red pockets, which you can trade with now and withdraw later.',
  ),
  IDEMPOTENCY_KEY_REUSED: i18n.t(
    'An earlier attempt went through. Check your activity before you try again.',
  ),
  CONTENTION: i18n.t(
    'Too much is happening in your account at once. Nothing was changed; try again.',
  ),
  OUTCOME_UNKNOWN: i18n.t('We could not learn the outcome. Try again: it cannot happen twice.'),
  LEDGER_READ_ONLY: i18n.t(
    'The ledger accepts no changes right now. Your money is safe; try again later.',
  ),
  INSIGHTS_UNAVAILABLE: i18n.t('No insight can be made at the moment.'),
  INSIGHTS_RATE_LIMITED: i18n.t('The language model needs a break. Try again in a minute.'),
  INSIGHTS_BLOCKED: i18n.t('The language model refused to answer.'),
  RATE_LIMITED: i18n.t('That was a bit fast. Wait a moment, then try again.'),
  QUERY_TOO_COMPLEX: i18n.t('This asks for too much at once.'),
  PLAN_TOO_COMPLEX: i18n.t('This asks for too much at once.'),
  CONFLICTING_REQUIREMENTS: reload,
  REQUEST_TOO_LARGE: i18n.t('This is too large to send.'),
  HEADERS_TOO_LARGE: i18n.t('This is too large to send.'),
  REQUEST_TIMEOUT: i18n.t('The request did not arrive in time. Try again.'),
  UNSUPPORTED_MEDIA_TYPE: i18n.t('The request was not understood; reload the page.'),
  CSRF_REFUSED: i18n.t('The request was refused for your safety; reload the page.'),
  SUBGRAPH_ANSWER_TOO_LARGE: i18n.t(
    'This part is larger than it may be. The rest of the page works.',
  ),
  STORE_UNAVAILABLE: i18n.t(
    'The platform cannot reach its data at the moment. Your money is safe; try again shortly.',
  ),
  SUBGRAPH_UNAVAILABLE: i18n.t(
    'A service behind this part is not available. The rest of the page works.',
  ),
  TIMEOUT: i18n.t('This took too long.'),
  OVERLOADED: i18n.t('The platform is very busy. Try again shortly.'),
  HOST_NOT_ALLOWED: i18n.t('The platform does not answer at this address.'),
  NOT_FOUND: i18n.t('There is nothing here.'),
  INTERNAL: i18n.t('Something went wrong on our side.'),
} as const satisfies Record<ErrorCode, string>

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
