import type { ErrorCode } from '@cnop/schema/codes'
import { i18n } from '../i18n.ts'

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
