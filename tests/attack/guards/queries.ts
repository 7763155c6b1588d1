import type { Attack } from '../attack.ts'
import { refusedLetter } from './repel.ts'
import type { GuardWorld } from './world.ts'

const times = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ')

const tooComplex = ['QUERY_TOO_COMPLEX']

const bomb = (name: string, query: string, variables: Record<string, unknown> = {}) =>
  refusedLetter({ name, letter: { body: { query, variables } }, codes: tooComplex, status: 400 })

/** An operation that requires a token. */
const signedIn = (name: string, query: string, variables: Record<string, unknown> = {}) =>
  refusedLetter({
    name,
    letter: async ({ world }) => ({
      headers: { authorization: `Bearer ${(await world.trader()).token}` },
      body: { query, variables },
    }),
    codes: tooComplex,
    status: 400,
  })

const broken = (name: string, query: string, codes: readonly string[], body = {}) =>
  refusedLetter({ name, letter: { body: { query, ...body } }, codes })

const deep = (levels: number): string =>
  `{ asset(id: "BTC") { ${'myOrders { nodes { asset { '.repeat(levels)} id ${'} } }'.repeat(levels)} } }`

const doubling = (levels: number): string =>
  `{ market { ...F0 } } ${times(levels, (i) => `fragment F${i} on Market { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Market { feed }`

/** Documents that exceed a size limit. */
const bombs: readonly Attack<GuardWorld>[] = [
  bomb('100 aliases of one field', `{ ${times(100, (i) => `a${i}: market { feed }`)} }`),
  bomb('16 aliases deep in the document', `{ market { ${times(16, (i) => `a${i}: feed`)} } }`),
  bomb(
    'aliases multiplied by fragments',
    `{ a: market { ...F } b: market { ...F } } fragment F on Market { ${times(8, (i) => `f${i}: feed`)} }`,
  ),
  bomb('15 levels of fields', deep(5)),
  bomb(
    'depth hidden in fragments',
    `{ asset(id: "BTC") { ...A } } ${times(4, (i) => `fragment ${'ABCDE'.charAt(i)} on Asset { myOrders { nodes { asset { ...${'ABCDE'.charAt(i + 1)} } } } }`)} fragment E on Asset { id }`,
  ),
  bomb('fragments that double 20 times', doubling(20)),
  bomb('fragments that double 100 times', doubling(100)),
  bomb(
    'fragments that double directives',
    `{ market { ...F0 } } ${times(8, (i) => `fragment F${i} on Market { ...F${i + 1} @include(if: true) ...F${i + 1} @skip(if: false) }`)} fragment F8 on Market { feed }`,
  ),
  bomb('60 directives', `{ market { ${times(60, () => 'feed @include(if: true)')} } }`),
  bomb('51 directives on one field', `{ market { feed ${times(51, () => '@skip(if: false)')} } }`),
  bomb(
    '60 directives on variables',
    `query (${times(60, (i) => `$v${i}: Int @a`)}) { __typename }`,
  ),
  bomb('11 fields at the root', `{ ${times(11, () => 'market { feed }')} }`),
  bomb('5,000 repetitions of one field', `{ market { ${times(5_000, () => 'feed')} } }`),
  bomb('10,000 brackets', `{ ${'a{'.repeat(10_000)}`),
  bomb('a list literal of 2,000 entries', `{ asset(id: [${times(2_000, () => '"BTC"')}]) { id } }`),
  bomb(
    'a fragment that is never spread',
    `{ __typename } fragment F on Market { ${times(40, (i) => `a${i}: feed`)} }`,
  ),
]

const page = (name: string, query: string, variables: Record<string, unknown> = {}) =>
  refusedLetter({
    name: `a page ${name}`,
    letter: { body: { query, variables } },
    codes: ['BAD_USER_INPUT'],
    status: 422,
  })

/** Lists that are too long or exceed the cost limit. */
const lists: readonly Attack<GuardWorld>[] = [
  page('of 100,000 as a literal', '{ assets(first: 100000) { nodes { id } } }'),
  page('of none', '{ assets(first: 0) { nodes { id } } }'),
  page('of 251 as a variable', 'query ($n: Int) { assets(first: $n) { nodes { id } } }', {
    n: 251,
  }),
  page(
    'of 9,999 as the default of a variable',
    'query ($n: Int = 9999) { assets(first: $n) { nodes { id } } }',
  ),
  page(
    'inside a fragment',
    'query ($n: Int!) { ...F } fragment F on Query { assets(first: $n) { nodes { id } } }',
    { n: 2_147_483_647 },
  ),
  signedIn(
    'a page inside a page',
    '{ assets(first: 250) { nodes { myOrders(first: 100) { nodes { id } } } } }',
  ),
  signedIn(
    'a page inside a page by variables',
    'query ($a: Int, $b: Int) { assets(first: $a) { nodes { myOrders(first: $b) { nodes { id } } } } }',
    { a: 60, b: 60 },
  ),
  bomb(
    'a long list for each of 200 assets',
    '{ assets(first: 200) { nodes { candles(range: DAY) { close } } } }',
  ),
  bomb(
    'costs added up by aliases',
    `{ ${times(10, (i) => `a${i}: assets(first: 100) { nodes { id } }`)} }`,
  ),
]

const invalid = ['GRAPHQL_VALIDATION_FAILED']

/** Documents and requests that are not valid GraphQL. */
const malformed: readonly Attack<GuardWorld>[] = [
  broken(
    'a fragment that spreads itself',
    '{ market { ...F } } fragment F on Market { ...G } fragment G on Market { ...F }',
    invalid,
  ),
  broken(
    'circular introspection',
    `{ __schema { types { ${'fields { type { '.repeat(6)} name ${'} }'.repeat(6)} } } }`,
    invalid,
  ),
  broken('a deferred fragment', '{ market { ... @defer { feed } } }', invalid),
  broken('a subscription', 'subscription { __typename }', [...invalid, 'BAD_REQUEST']),
  broken(
    'an operation name that does not exist',
    'query A { __typename }',
    ['OPERATION_RESOLUTION_FAILURE'],
    {
      operationName: 'B',
    },
  ),
  broken('an unfinished document', '{ market {', ['GRAPHQL_PARSE_FAILED']),
  broken('a field of the subgraphs', '{ _entities(representations: []) { __typename } }', invalid),
  broken('the SDL of the subgraphs', '{ _service { sdl } }', invalid),
  broken('a hidden field', '{ me { portfolio { tradeFacts { total } } } }', invalid),
  refusedLetter({
    name: 'a batch of ten operations',
    letter: { body: Array.from({ length: 10 }, () => ({ query: '{ market { feed } }' })) },
    codes: ['BAD_REQUEST'],
  }),
  refusedLetter({
    name: 'a body of 300 kB',
    letter: { body: { query: `{ __typename } #${'x'.repeat(300_000)}` } },
    codes: ['REQUEST_TOO_LARGE'],
    status: 413,
  }),
]

export const queryAttacks = [...bombs, ...lists, ...malformed]
