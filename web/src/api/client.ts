import { authExchange } from '@urql/exchange-auth'
import { cacheExchange } from '@urql/exchange-graphcache'
import { persistedExchange } from '@urql/exchange-persisted'
import { retryExchange } from '@urql/exchange-retry'
import {
  Client,
  type CombinedError,
  type Exchange,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
  type TypedDocumentNode,
} from 'urql'
import { config } from '../config.ts'
import { cacheOptions } from './cache.ts'
import { ApiFailure, left } from './errors.ts'
import { type Session, usernameOf } from './session.ts'
import type { OpenStream } from './stream.ts'
import { noteAnswer } from './use-is-offline.ts'

type PersistedDocument = TypedDocumentNode & { readonly __meta__?: { readonly hash: string } }

/**
 * Every operation is sent with the token of the user whose client it is. A renewed session may be another user's, who has
 * signed in to this browser in another tab: that token is never used.
 */
function authenticate(session: Session): Exchange {
  const owner = usernameOf(session.getState())
  const isOwn = () => owner === '' || usernameOf(session.getState()) === owner
  return authExchange((operations) =>
    Promise.resolve({
      addAuthToOperation: (operation) => {
        const state = session.getState()
        return state.status === 'signed-in' && isOwn()
          ? operations.appendHeaders(operation, { authorization: `Bearer ${state.accessToken}` })
          : operation
      },
      willAuthError: () =>
        session.signingOut() !== undefined ||
        !isOwn() ||
        (session.getState().status === 'signed-in' && !session.freshToken()),
      didAuthError: (error) => session.getState().status === 'signed-in' && isSessionOver(error),
      refreshAuth: async () => {
        const signingOut = session.signingOut()
        // One that fails leaves the token as it is, and says so itself.
        if (signingOut) await signingOut.catch(() => undefined)
        else if (isOwn()) await session.refresh()
        if (!isOwn()) throw new ApiFailure(left)
        const outage = session.outage()
        // The old token would be refused, which would look like an ended session.
        if (outage && !session.freshToken()) throw new ApiFailure(outage)
      },
    }),
  )
}

function isSessionOver(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) =>
    ['UNAUTHENTICATED', 'SESSION_ENDED'].includes(String(extensions['code'])),
  )
}

const isLeft = (error: Error): boolean => error instanceof ApiFailure && error.failure === left

/** Whether nothing came back. What was not sent says nothing of the platform. */
const isUnanswered = (error: CombinedError | undefined): boolean =>
  error?.networkError !== undefined &&
  error.graphQLErrors.length === 0 &&
  !(error.networkError instanceof ApiFailure)

/** Only reads that did not reach the platform are retried, never commands. */
const retry = retryExchange({
  initialDelayMs: 400,
  maxDelayMs: 3_000,
  maxNumberAttempts: 3,
  retryIf: ({ networkError, response }, operation) =>
    operation.kind === 'query' && networkError !== undefined && !response && !isLeft(networkError),
})

/** Only the hash of a document is sent: the router has the text from the manifest. */
const persisted = persistedExchange({
  enforcePersistedQueries: true,
  enableForMutation: true,
  preferGetForPersistedQueries: false,
  generateHash: (_query, document) =>
    Promise.resolve((document as PersistedDocument).__meta__?.hash ?? ''),
})

/**
 * Streams of the user's own data. They pass through the cache, which invalidates what an event changes. The first
 * snapshot of a stream is skipped, because the page has just read the same data.
 */
function follow(openStream: OpenStream): Exchange {
  return subscriptionExchange({
    forwardSubscription: (_request, { query }) => ({
      subscribe: (observer) => ({
        unsubscribe: openStream(
          { document: query, isPersonal: true },
          {
            onEvent: (data, isFirst) => {
              if (!isFirst) observer.next({ data })
            },
          },
        ),
      }),
    }),
  })
}

/** Each user has a separate client, so that no user's cache is shown to another user. */
export function createApiClient(
  session: Session,
  openStream: OpenStream,
  fetchWith?: typeof fetch,
): Client {
  return new Client({
    url: config.graphqlUrl,
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin', headers: { accept: 'application/json' } },
    exchanges: [
      cacheExchange(cacheOptions),
      mapExchange({ onResult: ({ error }) => noteAnswer(!isUnanswered(error)) }),
      retry,
      authenticate(session),
      persisted,
      follow(openStream),
      fetchExchange,
    ],
    ...(fetchWith && { fetch: fetchWith }),
  })
}
