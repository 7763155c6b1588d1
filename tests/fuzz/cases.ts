import { type Chance } from '../engine/chance.ts'

/** One request of a fuzz run. */
export interface Case {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | null
}

const words = [
  '{', '}', '(', ')', '[', ']', ':', '$', '@', '!', '=', '|', '&', '...', '"', '"""', '#', '\n', ',',
  'query', 'mutation', 'subscription', 'fragment', 'on', 'null', 'true', '-1', '1e999', '0x1',
  '99999999999999999999', '__schema', '__typename', '_entities', '__proto__', 'constructor', 'me', 'assets',
  'asset', 'portfolio', 'nodes', 'first', 'id', 'signIn', 'placeOrder', 'include', 'skip', 'if', '\u0000',
  '\ud800', '🧧', '\u202e', '\\u{110000}', "' OR 1=1 --", '<script>', '${7*7}', '../../etc/passwd',
] // prettier-ignore

/** Valid documents, to be mutated. */
const seeds = [
  '{ __typename }',
  'query ($n: Int = 5) { assets(first: $n) { nodes { id name quote { price } } totalCount } }',
  '{ asset(id: "BTC") { id candles(range: DAY) { close } } }',
  '{ me { portfolio { cash { available } holdings { assetId quantity } } } }',
  'mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } }',
  'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
  'mutation ($input: CashInput!) { deposit(input: $input) { cash { available } } }',
  'query A { ...F } fragment F on Query { market { feed } }',
  '{ __schema { types { name fields { name } } } }',
]

/** Valid subscriptions, to be mutated. */
const streamSeeds = [
  'subscription { prices(ids: ["BTC", "eth"]) { sequence isSnapshot prices { assetId price } } }',
  'subscription ($ids: [ID!]!) { prices(ids: $ids) { ...F } } fragment F on PricesEvent { sequence }',
  'subscription { orderEvents { sequence orders { orderId status } } }',
  'subscription { balanceChanged { cash { available } } }',
]

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

function mutate(chance: Chance, text: string): string {
  const at = chance.int(text.length + 1)
  const cut = chance.int(8)
  const added = chance.oneIn(2) ? ` ${chance.pick(words)} ` : text.slice(chance.int(text.length))
  return `${text.slice(0, at)}${chance.oneIn(3) ? '' : added}${text.slice(at + cut)}`
}

function makeQuery(chance: Chance, from = seeds): string {
  if (chance.oneIn(4)) return times(chance.int(60), () => chance.pick(words)).join(' ')
  let text = chance.pick(from)
  for (let round = chance.int(5); round > 0; round -= 1) text = mutate(chance, text)
  return text
}

/** A random JSON value of limited depth. */
function makeValue(chance: Chance, depth = 0): unknown {
  const kind = chance.int(depth > 3 ? 6 : 9)
  if (kind === 0) return null
  if (kind === 1) return chance.int(2_000_000_000) - 1_000_000_000
  if (kind === 2) return chance.pick([1.5, -0, 1e308, 5e-324, Number.MAX_SAFE_INTEGER])
  if (kind === 3) return chance.oneIn(2)
  if (kind === 4) return chance.pick(words).repeat(chance.int(20))
  if (kind === 5) return chance.pick(['10.00', '0.00000001', 'BTC', 'demo_trader', '2026-13-45'])
  if (kind === 6) return times(chance.int(5), () => makeValue(chance, depth + 1))
  return Object.fromEntries(
    times(chance.int(5), () => [
      chance.pick(['input', 'n', 'username', 'password', 'key', 'amount', 'first', ...words]),
      makeValue(chance, depth + 1),
    ]),
  )
}

function makeVariables(chance: Chance): unknown {
  if (chance.oneIn(3)) return makeValue(chance)
  const input = Object.fromEntries(
    ['username', 'password', 'key', 'amount', 'side', 'type', 'assetId', 'quantity'].map((name) => [
      name,
      makeValue(chance, 3),
    ]),
  )
  return { n: makeValue(chance, 3), input: chance.oneIn(2) ? input : makeValue(chance) }
}

function makeToken(chance: Chance): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { alg: chance.pick(['none', 'HS256', 'ES256', 'RS256', '']), kid: 'x', typ: 'JWT' }
  const signature = chance.pick(['', 'AAAA', 'x'.repeat(86)])
  return chance.oneIn(3)
    ? chance.pick([
        '',
        'x',
        '..',
        'a.b',
        'a.b.c',
        'é'.normalize('NFD').slice(0, 1),
        'x'.repeat(5_000),
      ])
    : `${part(header)}.${part(makeValue(chance))}.${signature}`
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

const headerMakers: readonly ((chance: Chance) => [string, string])[] = [
  (chance) => ['authorization', printable(`${chance.pick(['Bearer', 'bearer', 'Basic', ''])} ${makeToken(chance)}`)],
  (chance) => ['x-developer-token', printable(makeToken(chance))],
  (chance) => ['x-forwarded-for', chance.pick(['1.2.3.4', '::1, 1.2.3.4', ',,,', 'x'.repeat(500), '999.1.1.1'])],
  (chance) => ['x-request-id', printable(chance.pick(words).repeat(1 + chance.int(40)))],
  (chance) => ['accept', chance.pick(['*/*', 'text/html', 'application/graphql-response+json', ';;', 'a/b;q=9'])],
  (chance) => ['content-type', chance.pick(['text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'x', 'application/graphql+json'])],
  (chance) => ['content-encoding', chance.pick(['gzip', 'br', 'deflate', 'identity', 'nope'])],
  (chance) => ['cookie', printable(`cnop_refresh=${chance.pick(words)}; ${chance.pick(words)}=1`)],
  (chance) => ['origin', chance.pick(['null', 'https://evil.example', 'http://localhost:3000'])],
  (chance) => ['x-user-id', chance.pick(['admin', 'demo_trader', '0'])],
  (chance) => ['apollo-require-preflight', chance.pick(['1', ''])],
  (chance) => ['range', chance.pick(['bytes=0-', 'bytes=-1', 'x'])],
] // prettier-ignore

function makeHeaders(chance: Chance): Record<string, string> {
  const usual = chance.oneIn(8) ? {} : { 'content-type': 'application/json' }
  const odd = times(chance.int(3), () => chance.pick(headerMakers)(chance))
  return { ...usual, ...Object.fromEntries(odd) }
}

const restPaths = [
  '/api/v1/auth/login', '/api/v1/auth/register', '/api/v1/orders', '/api/v1/balance', '/api/v1/portfolio',
  '/api/v1/inventory/assets', '/api/v1/inventory/assets/BTC', '/api/v1/balance/deposit', '/api/v1/cny/claim',
  '/auth/sign-in', '/auth/refresh', '/auth/sign-out', '/health', '/metrics', '/stream', '/system/blocks',
  '/system/blocks/%E0%A4%A', '/%', '/graphql/', '//graphql', '/export/orders', '/playground/../..', '/docs',
] // prettier-ignore

function makePath(chance: Chance): string {
  const path = chance.pick(restPaths)
  const query = `?limit=${chance.pick(['-1', '1e9', 'x', '', '0'])}&offset=${chance.int(1e6)}`
  return chance.oneIn(2) ? path : `${path}${query}`
}

function makeBody(chance: Chance): string {
  if (chance.oneIn(6)) return mutate(chance, JSON.stringify({ query: makeQuery(chance) }))
  if (chance.oneIn(8)) return JSON.stringify(makeValue(chance))
  return JSON.stringify({
    query: chance.oneIn(20) ? makeValue(chance) : makeQuery(chance),
    variables: makeVariables(chance),
    ...(chance.oneIn(6) && { operationName: makeValue(chance, 3) }),
    ...(chance.oneIn(6) && { extensions: { persistedQuery: makeValue(chance, 2) } }),
  })
}

function makeStream(chance: Chance): Case {
  const accept = chance.oneIn(4) ? {} : { accept: 'text/event-stream' }
  const ids = chance.oneIn(2) ? ['BTC', 'ada'] : makeValue(chance)
  const body = chance.oneIn(3)
    ? makeBody(chance)
    : JSON.stringify({ query: makeQuery(chance, streamSeeds), variables: { ids } })
  return { method: 'POST', path: '/stream', headers: { ...makeHeaders(chance), ...accept }, body }
}

/** Usually GraphQL, sometimes another endpoint, sometimes a query in a URL. */
export function makeCase(chance: Chance): Case {
  if (chance.oneIn(12)) return makeStream(chance)
  const headers = makeHeaders(chance)
  if (chance.oneIn(12)) {
    const search = new URLSearchParams({ query: makeQuery(chance), variables: makeBody(chance) })
    if (chance.oneIn(3)) search.set('extensions', makeBody(chance))
    const path = `/graphql?${search.toString().slice(0, 4_000)}`
    return {
      method: 'GET',
      path,
      headers: { ...headers, 'apollo-require-preflight': '1' },
      body: null,
    }
  }
  if (chance.oneIn(5)) {
    const method = chance.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])
    const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method)
    return { method, path: makePath(chance), headers, body: hasBody ? makeBody(chance) : null }
  }
  return { method: 'POST', path: '/graphql', headers, body: makeBody(chance) }
}
