import type { Attack } from '../attack.ts'
import { refusedLetter } from './repel.ts'
import type { GuardWorld } from './world.ts'

const prices = 'subscription { prices(ids: ["BTC"]) { sequence } }'
const orders = 'subscription { orderEvents { sequence orders { orderId } } }'
const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }

/** Streams that must be refused. */
export const streamAttacks: readonly Attack<GuardWorld>[] = [
  refusedLetter({
    name: 'a stream that another page opens in the visitor’s name',
    letter: {
      path: '/stream',
      headers: { ...headers, origin: 'https://evil.example' },
      body: { query: prices },
    },
    codes: ['CSRF_REFUSED'],
  }),
  refusedLetter({
    name: 'a stream as an image would request it',
    letter: { method: 'GET', path: `/stream?query=${encodeURIComponent(prices)}`, headers },
    codes: ['METHOD_NOT_ALLOWED'],
    status: 405,
  }),
  refusedLetter({
    name: 'a stream of orders without a token',
    letter: { path: '/stream', headers, body: { query: orders } },
    codes: ['UNAUTHENTICATED'],
    status: 401,
  }),
  refusedLetter({
    name: 'a stream of orders with a token in its URL',
    letter: { path: '/stream?access_token=x&token=x', headers, body: { query: orders } },
    codes: ['BAD_REQUEST'],
    status: 400,
  }),
  refusedLetter({
    name: 'a stream of free text where only ids are accepted',
    at: 'closed',
    letter: { path: '/stream', headers, body: { query: prices } },
    codes: ['PERSISTED_QUERY_ONLY'],
  }),
  refusedLetter({
    name: 'a mutation at the stream endpoint',
    letter: { path: '/stream', headers, body: { query: 'mutation { signOut { signedOutAt } }' } },
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  }),
  refusedLetter({
    name: 'a stream of more assets than the limit',
    letter: {
      path: '/stream',
      headers,
      body: {
        query: 'subscription ($ids: [ID!]!) { prices(ids: $ids) { sequence } }',
        variables: { ids: Array.from({ length: 10_000 }, (_one, at) => `A${at}`) },
      },
    },
    codes: ['BAD_USER_INPUT'],
  }),
]
