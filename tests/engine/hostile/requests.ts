/** Hostile requests: variables and bodies that try to exhaust memory, stack or patience, or to reach a prototype. */
import assert from 'node:assert/strict'
import { EventEmitter, once, setMaxListeners } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expectData, expectRefusal, type HostileCase } from './case.ts'
import { ask, exchangeRaw, post } from './program.ts'

export const heard = { echo: 'heard' }
const books = ['1', '2', '3'].map((id) => ({ title: `title ${id}` }))
const query = '{ books { title } }'
export const badBody = ['BAD_REQUEST', 'INTERNAL_SERVER_ERROR']
export const list = (count: number, item: string) => `[${`${item},`.repeat(count).slice(0, -1)}]`
export const withVariables = (document: string, variables: string) =>
  `{"query":${JSON.stringify(document)},"variables":${variables}}`

export const hostileRequests: readonly HostileCase[] = [
  {
    name: 'a list of two hundred thousand texts',
    attack: async ({ url }) => {
      const body = withVariables(
        'query ($v: [String!]) { echo(list: $v) }',
        `{"v":${list(200_000, '"a"')}}`,
      )
      const answer = await post(url, body)
      if (answer.data) expectData(answer, heard)
      else expectRefusal(answer, 'BAD_REQUEST')
    },
  },
  {
    name: 'a list of a quarter of a million wrong values',
    isShort: true,
    attack: async ({ url }) => {
      const body = withVariables(
        'query ($v: [Int!]) { echo(numbers: $v) }',
        `{"v":${list(250_000, '"a"')}}`,
      )
      expectRefusal(await post(url, body), 'BAD_USER_INPUT', 'BAD_REQUEST')
    },
  },
  {
    name: 'thousands of near misses of an enormous enum as a variable',
    isShort: true,
    attack: async ({ url }) => {
      const body = withVariables(
        'query ($v: [Mood!]) { echo(moods: $v) }',
        `{"v":${list(30_000, '"MOOD_NUMBE_17"')}}`,
      )
      expectRefusal(await post(url, body), 'BAD_USER_INPUT', 'BAD_REQUEST')
    },
  },
  {
    name: 'an input object with sixty thousand unknown fields',
    attack: async ({ url }) => {
      const fields = Array.from({ length: 60_000 }, (_, index) => `"text${index}":1`).join(',')
      const body = withVariables('query ($v: In) { echo(input: $v) }', `{"v":{${fields}}}`)
      expectRefusal(await post(url, body), 'BAD_USER_INPUT', 'BAD_REQUEST')
    },
  },
  {
    name: 'a variable two hundred thousand lists deep',
    isShort: true,
    attack: async ({ url }) => {
      const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
      const body = withVariables('query ($v: Any) { echo(any: $v) }', `{"v":${deep}}`)
      expectRefusal(await post(url, body), 'BAD_REQUEST')
    },
  },
  {
    name: 'an input object fifty thousand levels deep',
    attack: async ({ url }) => {
      const deep = `${'{"next":'.repeat(50_000)}{}${'}'.repeat(50_000)}`
      const body = withVariables('query ($v: In) { echo(input: $v) }', `{"v":${deep}}`)
      expectRefusal(await post(url, body), 'BAD_REQUEST')
    },
  },
  {
    name: 'variables named like members of every object',
    isShort: true,
    attack: async ({ url, world }) => {
      world.takeEchoed()
      const document =
        'query ($constructor: Any, $__proto__: String, $toString: Any) { echo(text: $__proto__, any: [$constructor, $toString]) }'
      const variables = '{"__proto__":"p","constructor":"c","toString":"t","hasOwnProperty":1}'
      expectData(await post(url, withVariables(document, variables)), heard)
      const [sent] = world.takeEchoed()
      for (const member of ['"__proto__":"p"', '"constructor":"c"', '"toString":"t"']) {
        assert.ok(sent?.includes(member), sent)
      }
      // An omitted variable is not the inherited member.
      const omitted =
        'query ($constructor: String, $valueOf: Any) { echo(text: $constructor, any: [$valueOf]) }'
      expectData(await ask(url, omitted, {}), heard)
    },
  },
  {
    name: 'a prototype within a variable and at the top of the body',
    attack: async ({ url }) => {
      const body = `{"query":"query ($v: Any) { echo(any: $v) }","variables":{"v":{"__proto__":{"polluted":1}}},"__proto__":{"polluted":1}}`
      expectData(await post(url, body), heard)
      expectData(await ask(url, query), { books })
    },
  },
  {
    name: 'duplicate keys in the body',
    attack: async ({ url }) => {
      const body = `{"query":"{ nothing }","query":${JSON.stringify(query)},"variables":1,"variables":{}}`
      expectData(await post(url, body), { books })
    },
  },
  ...[
    '',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    '{"query":1}',
    '{"query":null}',
    '{"query":{"a":1}}',
    '{"query":["{a}"]}',
    'not json',
    '{"query":"{ books { title } }"',
  ].map((body): HostileCase => ({
    name: `the body ${JSON.stringify(body)}`,
    attack: async ({ url }) => expectRefusal(await post(url, body), ...badBody),
  })),
  ...['1', '"text"', '[1]', 'true'].map((variables): HostileCase => ({
    name: `${variables} as the variables`,
    attack: async ({ url }) =>
      expectRefusal(await post(url, withVariables(query, variables)), ...badBody),
  })),
  ...[
    '1',
    '{"persistedQuery":1}',
    '{"persistedQuery":{"version":1,"sha256Hash":{"__proto__":1}}}',
    '{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}',
    '{"persistedQuery":{"version":1,"sha256Hash":"0000"}}',
  ].map((extensions): HostileCase => ({
    name: `${extensions} as the extensions`,
    attack: async ({ url }) => {
      const answer = await post(
        url,
        `{"extensions":${extensions},"query":${JSON.stringify(query)}}`,
      )
      expectRefusal(answer, ...badBody, 'PERSISTED_QUERY_NOT_FOUND')
    },
  })),
  {
    name: 'a batch of ten thousand operations',
    attack: async ({ url }) => {
      expectRefusal(await post(url, list(10_000, `{"query":"${query}"}`)), ...badBody)
    },
  },
  {
    name: 'an operation name of half a megabyte',
    attack: async ({ url }) => {
      const answer = await ask(url, query, {}, { operationName: 'N'.repeat(500_000) })
      expectRefusal(answer, 'OPERATION_RESOLUTION_FAILURE')
    },
  },
  {
    name: 'a body of forty megabytes',
    isShort: true,
    attack: async ({ url }) => {
      const body = withVariables(query, `{"v":"${'x'.repeat(40 * 1024 * 1024)}"}`)
      // The refusal may arrive while the body is being sent.
      const answer = await post(url, body).catch(() => undefined)
      if (answer) expectRefusal(answer, 'REQUEST_TOO_LARGE')
    },
  },
  {
    name: 'a body that never ends',
    attack: async ({ url }) => {
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
      const head =
        'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'
      const received = await exchangeRaw(
        url,
        [head, ...Array.from({ length: 64 }, () => chunk)],
        (text) => text.includes('REQUEST_TOO_LARGE'),
      )
      assert.match(received, /^HTTP\/1\.1 413 /)
    },
  },
  {
    name: 'a body that is not UTF-8',
    isShort: true,
    attack: async ({ url }) => {
      const body = Buffer.concat([
        Buffer.from('{"query":"{ echo(text: \\"'),
        Buffer.from([0xff, 0xfe, 0xc0]),
        Buffer.from('\\") }"}'),
      ])
      expectRefusal(await post(url, body), 'BAD_REQUEST')
    },
  },
  {
    name: 'a compressed bomb as the body',
    attack: async ({ url }) => {
      const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '))
      const answer = await post(url, bomb, { headers: { 'content-encoding': 'gzip' } })
      expectRefusal(answer, 'UNSUPPORTED_MEDIA_TYPE', 'BAD_REQUEST', 'REQUEST_TOO_LARGE')
    },
  },
  {
    name: 'half a surrogate pair in a variable',
    attack: async ({ url }) => {
      const body = withVariables('query ($v: String) { echo(text: $v) }', '{"v":"\\ud800"}')
      const answer = await post(url, body)
      if (answer.data) expectData(answer, heard)
      else expectRefusal(answer, 'BAD_REQUEST')
    },
  },
  {
    name: 'two hundred clients that stop in the middle of a body',
    attack: async ({ url }) => {
      const head =
        'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"query":'
      const { hostname, port } = new URL(url)
      const sockets = Array.from({ length: 200 }, () => {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => undefined).write(head)
        return socket
      })
      expectData(await ask(url, query), { books })
      for (const socket of sockets) socket.destroy()
    },
  },
  {
    name: 'a hundred clients that leave while they wait',
    isShort: true,
    attack: async ({ url, world }) => {
      const released = new EventEmitter().setMaxListeners(Infinity)
      let isReleased = false
      world.answerBy(async ({ response }) => {
        if (!isReleased) await once(released, 'release')
        response.end('{"data":{"rogue":null}}')
      })
      const leaving = new AbortController()
      setMaxListeners(Infinity, leaving.signal)
      const body = JSON.stringify({ query: '{ rogue { text } }' })
      const asked = Array.from({ length: 100 }, () => post(url, body, { signal: leaving.signal }))
      const ends = Promise.allSettled(asked)
      expectData(await ask(url, query), { books })
      leaving.abort()
      assert.ok((await ends).every(({ status }) => status === 'rejected'))
      isReleased = true
      released.emit('release')
      expectData(await ask(url, '{ rogue { text } }'), { rogue: null })
    },
  },
  {
    name: 'headers beyond the limit',
    attack: async ({ url }) => {
      const received = await exchangeRaw(url, [
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(80_000)}\r\n\r\n`,
      ])
      assert.match(received, /^HTTP\/1\.1 431 /)
    },
  },
  {
    name: 'bytes that are not HTTP',
    attack: async ({ url }) => {
      const received = await exchangeRaw(url, [
        Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
        '\r\n\r\n',
      ])
      assert.match(received, /^HTTP\/1\.1 400 /)
    },
  },
  {
    name: 'a long integer in a variable',
    isShort: true,
    attack: async ({ url, world }) => {
      world.takeEchoed()
      const document = 'query ($v: Any) { echo(any: $v) }'
      expectData(
        await post(
          url,
          withVariables(document, '{"v":{"n":[9007199254740993,-12345678901234567890]}}'),
        ),
        heard,
      )
      const [sent] = world.takeEchoed()
      assert.ok(sent?.includes('"v":{"n":[9007199254740993,-12345678901234567890]}'), sent)
    },
  },
  {
    name: 'a variable of half a megabyte of digits',
    attack: async ({ url }) => {
      const answer = await post(
        url,
        withVariables('query ($v: Any) { echo(any: $v) }', `{"v":${'9'.repeat(500_000)}}`),
      )
      if (answer.data) expectData(answer, heard)
      else expectRefusal(answer, 'BAD_REQUEST', 'BAD_USER_INPUT')
    },
  },
]
