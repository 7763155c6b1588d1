import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { attacks } from '../attack/areas/guards.ts'
import { sendRaw } from '../attack/guards/malformed.ts'
import { type GuardWorld, openGuardWorld } from '../attack/guards/world.ts'
import { auditOver } from '../audit-http/audit.ts'

let world: GuardWorld
beforeAll(async () => {
  world = await openGuardWorld()
})
afterAll(() => world.stop())

describe('the guards', () => {
  it.each(attacks)('repel $name', async ({ run }) => {
    await expect(run(world)).resolves.toBeUndefined()
  })
})

describe('an input that is refused before the operation runs', () => {
  const alert = (input: string) => `mutation { createPriceAlert(input: ${input}) { alert { id } } }`
  const query = 'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }'

  it.each<[string, unknown]>([
    [
      'amount',
      { query: 'mutation { deposit(input: {key: "abcdefgh", amount: 1.00}) { entry { id } } }' },
    ],
    ['price', { query: alert('{key: "abcdefgh", assetId: "BTC", direction: ABOVE, price: "x"}') }],
    ['direction', { query: alert('{key: "abcdefgh", assetId: "BTC", price: "1"}') }],
    ['cost', { query: alert('{cost: 1}') }],
    ['id', { query: '{ asset(id: [1]) { name } }' }],
    ['first', { query: '{ assets(first: "ten") { nodes { id } } }' }],
    ['last', { query: '{ assets(last: 1) { nodes { id } } }' }],
    ['first', { query: '{ assets(first: 251) { nodes { id } } }' }],
    ['first', { query: '{ assets(first: -1) { nodes { id } } }' }],
    ['query', { query: 5 }],
    ['query', {}],
    ['variables', { query: '{ __typename }', variables: 'x' }],
    ['operationName', { query: '{ __typename }', operationName: 7 }],
    ['extensions', { query: '{ __typename }', extensions: 1 }],
    ['body', []],
    ['body', null],
    ['body', 'x'],
    ['query', { query: null }],
    ['query', { query: [] }],
    ['query', { query: '' }],
    ['query', { query: ' \n' }],
    ['variables', { query: '{ __typename }', variables: [] }],
    ['operationName', { query: '{ __typename }', operationName: {} }],
    ['extensions', { query: '{ __typename }', extensions: [] }],
    ['i', { query }],
    ['i', { query, variables: { i: null } }],
    ['x', { query, variables: { i: { username: 'alice1', password: 'p', x: 1 } } }],
    ['password', { query, variables: { i: { username: 'alice1' } } }],
    ['password', { query, variables: { i: { username: 'alice1', password: 1 } } }],
  ])('names the field %s and the reason: %j', async (field, body) => {
    const letter = { body: JSON.stringify(body), from: world.freshAddress() }
    const { headers, text, status } = await world.open.send(letter)
    expect([400, 422]).toContain(status)
    expect(headers['content-type']).toContain('json')
    const { errors } = JSON.parse(text) as {
      errors: { extensions: { code: string; details?: { field: string; reason: string } } }[]
    }
    const [{ extensions } = { extensions: undefined }] = errors.filter(
      (error) => error.extensions.details?.field === field,
    )
    expect(extensions?.details?.reason).toMatch(/\w+ \w+/)
    expect(extensions?.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|BAD_REQUEST)$/)
  })
})

const wrong = 'mutation { signIn(input: { username: "nobody", password: "Wrong-1" }) { username } }'

describe('sign-ins of one operation', () => {
  it('count as failed only where one was tried and failed', async () => {
    const from = world.freshAddress()
    const { username, password } = await world.open.world.trader()
    const input = `(input: { username: "${username}", password: "${password}" })`
    const many = (count: number, directive = '') =>
      Array.from(
        { length: count },
        (_, index) => `s${index}: signIn${input} ${directive} { username }`,
      ).join(' ')
    const ofVariable = many(6).replaceAll(input, '(input: $i)')
    const deep = `${'a { '.repeat(12)} b ${'}'.repeat(12)}`
    const answersOf = async (body: object) => (await world.open.send({ body, from })).codes.join()
    const refusals = await Promise.all(
      [
        { query: `mutation { ${many(6)} }` },
        { query: `mutation ($on: Boolean = false) { ${many(9, '@include(if: $on)')} __typename }` },
        { query: `mutation ($i: SignInInput!) { ${ofVariable} }`, variables: { i: 1 } },
        { query: `mutation { ${many(6)} nothing }` },
        { query: `mutation { ${many(6)} ${deep} }` },
        { query: `mutation { ${many(15, '@skip(if: true)')} }` },
        { query: `query { ${many(15)} }` },
        { query: `mutation A { ${many(15)} } mutation B { __typename }`, operationName: 'B' },
        { query: `mutation { __typename } fragment Spare on Mutation { ${many(16)} }` },
      ].map(answersOf),
    )
    expect(refusals).toEqual([
      '',
      '',
      'BAD_USER_INPUT',
      'GRAPHQL_VALIDATION_FAILED',
      ...Array.from({ length: 5 }, () => 'QUERY_TOO_COMPLEX'),
    ])
    for (let tries = 1; tries < 5; tries += 1) {
      expect(await answersOf({ query: wrong })).toBe('INVALID_CREDENTIALS')
    }
    expect(await answersOf({ query: `mutation { ${many(10)} }` })).toBe('')
    expect(await answersOf({ query: wrong })).toBe('INVALID_CREDENTIALS')
    expect(await answersOf({ query: wrong })).toBe('IP_BLOCKED')
  })
})

describe('sign-ins of one operation with fields of other subgraphs between them', () => {
  it('are refused when more could fail than may, and block no address', async () => {
    const from = world.freshAddress()
    const { username, password, token } = await world.open.world.trader()
    const ask = async (count: number) => {
      const fields = Array.from(
        { length: count },
        (_, index) =>
          `s${index}: signIn(input: { username: "${username}", password: "${password}" }) { username } w${index}: watchAsset(assetId: "BTC") { __typename }`,
      )
      const headers = { authorization: `Bearer ${token}` }
      const body = { query: `mutation { ${fields.join(' ')} }` }
      return (await world.open.send({ body, from, headers })).codes.join()
    }
    const guess = { query: wrong.replace('nobody', 'nobody_else') }
    await world.open.send({ body: guess, from })
    await world.open.send({ body: guess, from })
    expect(await ask(4)).toBe('QUERY_TOO_COMPLEX')
    expect(await ask(3)).toBe('')
    expect((await world.open.send({ body: guess, from })).codes).toEqual(['INVALID_CREDENTIALS'])
  })
})

describe('a path', () => {
  it.each([
    ['POST', '/graphql/'],
    ['POST', '//graphql'],
    ['POST', '/GRAPHQL'],
    ['POST', '/stream/'],
    ['POST', '/auth/sign-in/'],
    ['GET', '/READY'],
    ['GET', '/live/'],
    ['GET', '/health/'],
    ['GET', '/Metrics'],
    ['GET', '/system/breakers/'],
    ['GET', '/DOCS/'],
    ['GET', '/docs/openapi.json/'],
    ['PUT', '/nothing'],
  ] as const)('has one spelling: %s %s is not found', async (method, path) => {
    const { status, text } = await world.open.send({ method, path })
    const { message, code, requestId } = JSON.parse(text) as Record<string, unknown>
    expect([status, code, typeof message, typeof requestId]).toEqual([
      404,
      'NOT_FOUND',
      'string',
      'string',
    ])
  })

  it('of the REST API may end in a slash, as its contract allows', async () => {
    const { status } = await world.open.send({ method: 'GET', path: '/api/v1/inventory/assets/' })
    expect(status).toBe(200)
  })
})

describe('a body that its client holds back', () => {
  const body = '{"query":"{ __typename }"}'
  const ask = (host: string): Promise<string> =>
    sendRaw(
      world.open.world.router.port,
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nconnection: close\r\nexpect: 100-Continue\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )

  it('is asked for when it is needed, and only then', async () => {
    expect(await ask('localhost')).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 [^]*"__typename":"Query"/,
    )
    expect(await ask('evil.example')).toMatch(/^HTTP\/1\.1 421 [^]*"code":"HOST_NOT_ALLOWED"/)
  })
})

describe('malformed HTTP', () => {
  const countBroken = async (): Promise<number> => {
    const { text } = await world.open.send({ method: 'GET', path: '/metrics' })
    const found = text.matchAll(/^gateway_broken_requests_total\{.*\} (\d+)$/gm)
    return [...found].reduce((sum, [, count = '0']) => sum + Number(count), 0)
  }

  it('is counted', async () => {
    const before = await countBroken()
    await sendRaw(world.open.world.router.port, 'GARBAGE\r\n\r\n')
    await sendRaw(
      world.open.world.router.port,
      'GET /health HTTP/1.1\r\nexpect: x\r\nhost: localhost\r\n\r\n',
    )
    expect(await countBroken()).toBe(before + 2)
  })

  it.each([
    ['GET /health HTTP/1.1', 'GARBAGE', 400],
    ['GET /health HTTP/1.1', 'GET /health HTTP/1.1', 400],
    [
      'GET /health HTTP/1.1',
      'POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked',
      400,
    ],
    ['GET /health HTTP/1.1', 'GET /health HTTP/1.1\r\nhost: a\r\nexpect: x', 417],
  ])(
    'is refused behind %s, and what follows is not executed: %j',
    async (first, second, status) => {
      const good = `${first}\r\nhost: localhost\r\n\r\n`
      const answer = await sendRaw(world.open.world.router.port, `${good}${second}\r\n\r\n${good}`)
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', `HTTP/1.1 ${status}`])
    },
  )

  it('behind a response ends the connection without a second one', async () => {
    const socket = connect(world.open.world.router.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      // The body is not even chunked.
      if (text.includes('"NOT_FOUND"')) socket.write('zz\r\n')
    })
    socket.write('POST /nope HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n')
    await once(socket, 'close')
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404'])
  })
})

describe('GraphQL over HTTP', () => {
  it('follows the specification without a warning', async () => {
    const { ok, notices, warnings, errors } = await auditOver(world.open.origin)
    expect([warnings, errors]).toEqual([[], []])
    expect(ok + notices.length).toBe(61)
    // Forms in URLs are refused on purpose: a foreign page could send them.
    expect(notices.length).toBeLessThanOrEqual(3)
  })
})

describe('a method that an endpoint does not have', () => {
  it.each([
    ['DELETE', '/graphql', 'GET, POST'],
    ['GET', '/stream', 'POST'],
    ['GET', '/auth/sign-in', 'POST'],
    ['POST', '/export/activity.csv', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/system/faults', 'GET, HEAD'],
    ['GET', '/system/blocks/127.0.0.1', 'PUT, DELETE'],
    ['PUT', '/docs/', 'GET, HEAD'],
    ['DELETE', '/playground/index.html', 'GET, HEAD'],
  ] as const)('%s %s names %s', async (method, path, allow) => {
    const { status, headers, codes } = await world.open.send({ method, path })
    expect([status, headers['allow'], codes]).toEqual([405, allow, ['METHOD_NOT_ALLOWED']])
  })

  it('is named on the port of the dashboard, and for a mutation in an address', async () => {
    const { origin } = new URL(world.open.origin)
    const web = origin.replace(/\d+$/, String(world.open.world.router.webPort))
    const page = await fetch(`${web}/dashboard`, { method: 'POST' })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const path = '/graphql?query=mutation%20%7B%20signOut%20%7B%20signedOutAt%20%7D%20%7D'
    const headers = { 'apollo-require-preflight': 'yes' }
    const mutation = await world.open.send({ method: 'GET', path, headers })
    expect(mutation.headers['allow']).toBe('POST')
  })
})

describe('other origins', () => {
  const preflight = (origin: string) =>
    world.open.send({
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })

  it('may read responses only when they are listed, and then see their limits', async () => {
    const listed = await preflight('http://localhost:3000')
    expect(listed.headers['access-control-allow-origin']).toBe('http://localhost:3000')
    const { headers } = await world.open.send({
      headers: { origin: 'http://localhost:3000' },
      body: { query: '{ __typename }' },
    })
    expect(headers['access-control-expose-headers']).toMatch(/X-RateLimit-Remaining.*RateLimit/)
    expect((await preflight('http://evil.example')).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })
})
