/** Every error code that can reach a client, and what it means. Codes name the situation; HTTP status is decided at the edge. */
export const errorCodes = {
  UNAUTHENTICATED: 'A valid access token is needed.',
  FORBIDDEN: 'The caller may not do or read this.',
  INVALID_CREDENTIALS: 'The username or the password is wrong.',
  USER_NOT_FOUND: 'No user has this name.',
  WRONG_PASSWORD: 'The password is not the one in force.',
  SIGN_IN_DELAYED: 'Too many failed sign-ins of this account; try again after the delay.',
  IP_BLOCKED:
    'Too many failed sign-ins from this address. Every sign-in from it waits, also one of a known device.',
  SESSION_ENDED: 'The session was signed out, revoked or has expired.',
  SESSION_NOT_FOUND: 'The caller has no such session.',
  BAD_USER_INPUT: 'A field is invalid; details name the field and the reason.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  OPERATION_RESOLUTION_FAILURE:
    'The document has no operation of this name, or several and operationName is missing.',
  BAD_REQUEST: 'The request is not a well-formed GraphQL request.',
  METHOD_NOT_ALLOWED: 'The endpoint does not have this method; Allow lists those it has.',
  EXPECTATION_FAILED: 'The only expectation that is met is 100-continue.',
  PERSISTED_QUERY_NOT_FOUND: 'No persisted operation has this id.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'This document id is not accepted here.',
  PERSISTED_QUERY_ONLY: 'Only persisted operations are accepted here.',
  USERNAME_TAKEN: 'Another user has this name.',
  EMAIL_TAKEN: 'Another user has this e-mail address.',
  ASSET_NOT_FOUND: 'No asset has this ticker.',
  ASSET_NOT_TRADABLE: 'The asset cannot be traded now.',
  ASSET_HALTED: 'Trading is halted until further readings agree on the price.',
  CLIENT_ORDER_ID_USED: 'The caller has an order with this client order id.',
  ORDER_NOT_FOUND: 'The caller has no such order.',
  ORDER_NOT_CANCELLABLE: 'The order is in a final state.',
  ORDER_NOT_REPLACEABLE: 'The order has ended.',
  RECURRING_ORDER_NOT_FOUND: 'The caller has no such recurring order.',
  PORTFOLIO_ALERT_NOT_FOUND: 'The caller has no such alert on the value of the portfolio.',
  PORTFOLIO_ALERT_EXISTS:
    'The caller has an active alert on the value of the portfolio that waits for the same.',
  PORTFOLIO_ALERT_MET: 'The value that the alert waits for is reached already.',
  STOP_PRICE_REACHED: 'The market is at the stop price or beyond it already.',
  ORDER_TOO_SMALL:
    'The order is below the smallest quantity or value, or the sale would pay nothing.',
  ORDER_TOO_LARGE: 'The order is worth more than one order may be.',
  PRICE_ALERT_NOT_FOUND: 'The caller has no such price alert.',
  PRICE_ALERT_EXISTS: 'The caller has an active price alert that waits for the same.',
  PRICE_ALERT_MET: 'The price that the alert waits for is reached already.',
  LIMIT_REACHED: 'The caller has as many of these as one user may have.',
  PRICE_MOVED: 'The current price is worse than the worst price that the order accepts.',
  QUOTE_STALE: 'The last known price is too old to trade on.',
  INSUFFICIENT_FUNDS: 'The available cash does not cover this.',
  INSUFFICIENT_HOLDINGS: 'The available quantity does not cover this.',
  DAILY_LIMIT_EXCEEDED: 'This is more than may still be moved today.',
  ALREADY_CLAIMED_TODAY: 'Today’s red pocket was opened already.',
  ACCOUNT_TOO_NEW: 'The account is too new for a red pocket; details say when it is old enough.',
  RED_POCKET_CLOSED: 'Red pockets are not available at the moment.',
  RED_POCKET_ON_HOLD:
    'The withdrawal needs cash of red pockets that cannot be withdrawn yet; details say from when.',
  IDEMPOTENCY_KEY_REUSED: 'The key was used for a different request.',
  CONTENTION: 'Too many commands at once for one account; nothing happened, try again.',
  OUTCOME_UNKNOWN:
    'No answer came, and the command may have taken effect. Repeat it with the same key; without a key, read what it changes first.',
  LEDGER_READ_ONLY: 'The ledger is read-only until an operator reopens it.',
  INSIGHTS_UNAVAILABLE: 'No insight can be made now.',
  INSIGHTS_RATE_LIMITED: 'The language model’s limit is reached.',
  INSIGHTS_BLOCKED: 'The language model refused to answer.',
  RATE_LIMITED: 'Too many requests; Retry-After says when to try again.',
  QUERY_TOO_COMPLEX: 'The operation is larger, deeper or costlier than one may be.',
  PLAN_TOO_COMPLEX: 'The operation would take too much time or memory to plan.',
  CONFLICTING_REQUIREMENTS:
    'Fields of the operation need one field with different arguments; ask for them separately.',
  REQUEST_TOO_LARGE: 'The request body is too large.',
  HEADERS_TOO_LARGE: 'The headers of the request are too large.',
  REQUEST_TIMEOUT: 'The request did not arrive in time.',
  UNSUPPORTED_MEDIA_TYPE:
    'The type, charset or encoding of the body is not supported; details name the header.',
  CSRF_REFUSED:
    'A browser could be tricked into sending this request; send JSON with a preflight header.',
  SUBGRAPH_UNAVAILABLE: 'A service that this field needs does not answer.',
  SUBGRAPH_ANSWER_TOO_LARGE: 'A service answered with more than one answer may hold.',
  STORE_UNAVAILABLE: 'The data store does not answer; Retry-After says when to try again.',
  TIMEOUT: 'The operation took too long.',
  OVERLOADED: 'The platform is too busy; try again shortly.',
  HOST_NOT_ALLOWED: 'The Host header names a site that is not served here.',
  NOT_FOUND: 'There is nothing at this path.',
  INTERNAL: 'An unexpected error; quote the request id in a report.',
} as const

export type ErrorCode = keyof typeof errorCodes

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
