import { createHash } from 'node:crypto'
import { manifest } from '@cnop/schema/read'
import type { Attack } from '../attack.ts'
import { expectRefusal, expectThat, refusedLetter } from './repel.ts'
import type { GuardWorld } from './world.ts'

const foreign = '{ assets { totalCount } }'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const [knownId = ''] = Object.keys(manifest('web'))

const persisted = (sha256Hash: unknown, version: unknown = 1) => ({
  persistedQuery: { version, sha256Hash },
})

const closed = (name: string, body: unknown, codes: readonly string[]) =>
  refusedLetter({ name, at: 'closed', letter: { body }, codes })

/** Attempts to bypass the list of persisted operations. */
export const safelistAttacks: readonly Attack<GuardWorld>[] = [
  closed('free text', { query: foreign }, ['PERSISTED_QUERY_ONLY']),
  closed('an empty query', { query: '' }, ['PERSISTED_QUERY_ONLY']),
  closed('introspection', { query: '{ __schema { types { name } } }' }, ['PERSISTED_QUERY_ONLY']),
  closed('an unknown id', { extensions: persisted('0'.repeat(64)) }, ['PERSISTED_QUERY_NOT_FOUND']),
  closed('another query under a known id', { query: foreign, extensions: persisted(knownId) }, [
    'BAD_REQUEST',
  ]),
  closed('an id that is not a hash', { extensions: persisted('../../etc/passwd') }, [
    'BAD_REQUEST',
  ]),
  closed('an id of another version', { extensions: persisted(knownId, 2) }, ['BAD_REQUEST']),
  closed('an id in a list', { extensions: persisted([knownId]) }, ['BAD_REQUEST']),
  refusedLetter({
    name: 'free text in a URL',
    at: 'closed',
    letter: {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(foreign)}`,
      headers: { 'apollo-require-preflight': 'yes' },
    },
    codes: ['PERSISTED_QUERY_ONLY'],
  }),
  {
    name: 'registering a new query',
    run: async ({ closed: target }) => {
      const extensions = persisted(sha256(foreign))
      const codes = ['PERSISTED_QUERY_NOT_FOUND']
      await expectRefusal(target, { body: { query: foreign, extensions } }, { codes })
      await expectRefusal(target, { body: { extensions } }, { codes })
    },
  },
  refusedLetter({
    name: 'a forged developer token',
    at: 'closed',
    letter: {
      headers: { 'x-developer-token': 'eyJhbGciOiJub25lIn0.e30.' },
      body: { query: foreign },
    },
    codes: ['UNAUTHENTICATED'],
    status: 401,
  }),
  {
    name: 'a customer’s token as a developer token',
    run: async ({ closed: target, open }) => {
      // Only the open world accepts free text from anonymous callers, so the customer is created there.
      const { token } = await open.world.trader()
      for (const at of [target, open]) {
        const sent = await expectRefusal(at, {
          headers: { 'x-developer-token': token },
          body: { query: foreign },
        })
        expectThat([401, 403].includes(sent.status), sent.text)
      }
    },
  },
  refusedLetter({
    name: 'the list of blocked addresses without a token',
    letter: { method: 'GET', path: '/system/blocks' },
    status: 401,
  }),
  refusedLetter({
    name: 'clearing a block as a customer',
    letter: async ({ world }) => ({
      method: 'DELETE',
      path: '/system/blocks/127.0.0.1',
      headers: { authorization: `Bearer ${(await world.trader()).token}` },
    }),
    status: 403,
  }),
]
