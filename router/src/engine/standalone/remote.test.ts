import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { executeRaw } from '../testing/request.ts'
import { composeSubgraphs } from '../testing/subgraphs.ts'
import { stringifyResult } from '../write/body.ts'
import { openRemote, type Remote, type RemoteOptions } from './remote.ts'
import { createRemoteTransport } from './transport.ts'

const opened: { close: () => unknown }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

async function listen(answer: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/graphql?v=1`, server }
}

function open(url: string, options: Partial<RemoteOptions> = {}): Remote {
  const remote = openRemote({ service: 'stock', url, ...options })
  opened.push(remote)
  return remote
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

it('posts JSON with the given headers and keeps its connections', async () => {
  const seen: unknown[] = []
  const ports = new Set<number | undefined>()
  const { url } = await listen((request, response) => {
    ports.add(request.socket.remotePort)
    void textOf(request).then((body) => {
      const { method, headers } = request
      seen.push({
        method,
        path: request.url,
        type: headers['content-type'],
        signature: headers['x-seal'],
        body,
      })
      response.end('{"data":1}')
    })
  })
  const remote = open(url)
  for (const body of ['{"a":1}', '{"a":2}']) {
    const { bytes } = await remote.post(body, { headers: { 'x-seal': 'signed' } })
    expect(bytes.toString()).toBe('{"data":1}')
  }
  expect(seen).toStrictEqual(
    ['{"a":1}', '{"a":2}'].map((body) => ({
      method: 'POST',
      path: '/graphql?v=1',
      type: 'application/json',
      signature: 'signed',
      body,
    })),
  )
  for (let count = 0; count < 20; count += 1) await remote.post('{}')
  // A connection is free again only after its answer has been handed over: two take turns.
  expect(ports.size).toBeLessThanOrEqual(2)
})

it.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
])('unpacks %s', async (encoding, pack) => {
  const text = JSON.stringify({ data: { text: 'ü'.repeat(5000) } })
  const { url } = await listen((_request, response) => {
    response.setHeader('content-encoding', encoding).end(pack(text))
  })
  expect((await open(url).post('{}')).bytes.toString()).toBe(text)
})

it.each([
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [500, 'SUBGRAPH_UNAVAILABLE'],
  [404, 'SUBGRAPH_UNAVAILABLE'],
])('refuses status %i with %s and no address', async (status, code) => {
  const { url } = await listen((_request, response) => {
    response.writeHead(status).end('{"data":null}')
  })
  const failure: unknown = await open(url)
    .post('{}')
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code })
  expect(String(failure)).not.toContain('127.0.0.1')
})

it.each([302, 400, 401, 422, 500])(
  'keeps the GraphQL body of a reply with status %i',
  async (status) => {
    // Some servers begin with the mark of UTF-8.
    const body =
      '\ufeff{"errors":[{"message":"Not an email address","extensions":{"code":"BAD_EMAIL"}}]}'
    const { url } = await listen((_request, response) => {
      response.writeHead(status).end(body)
    })
    const { bytes } = await open(url).post('{}')
    expect(bytes.toString()).toBe(body)
  },
)

it('gives up on a service that says nothing', async () => {
  const { url } = await listen(() => undefined)
  const asked = open(url, { timeoutMs: 1 }).post('{}')
  await expect(asked).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
})

it('fails when nothing listens', async () => {
  const { url, server } = await listen(() => undefined)
  await new Promise((resolve) => server.close(resolve))
  await expect(open(url).post('{}')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
})

it('rejects with the reason of the signal that aborts it', async () => {
  const abort = new AbortController()
  const { url } = await listen(() => abort.abort(new Error('Deadline.')))
  await expect(open(url).post('{}', { signal: abort.signal })).rejects.toThrow('Deadline.')
  await expect(open(url).post('{}', { signal: abort.signal })).rejects.toThrow('Deadline.')
})

it('refuses more bytes than it may hold, packed or not', async () => {
  const large = Buffer.alloc(10_000, 'a')
  const { url } = await listen((request, response) => {
    if (request.headers['x-pack'])
      response.setHeader('content-encoding', 'gzip').end(gzipSync(large))
    else response.end(large)
  })
  const remote = open(url, { mostBytes: 5000 })
  await expect(remote.post('{}')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
  await expect(remote.post('{}', { headers: { 'x-pack': '1' } })).rejects.toMatchObject({
    code: 'SUBGRAPH_UNAVAILABLE',
  })
})

it('sends a query again whose kept connection is reset before any answer, and a mutation never', async () => {
  const used = new WeakSet()
  const bodies: string[] = []
  const { url } = await listen((request, response) => {
    void textOf(request).then((body) => {
      bodies.push(body)
      if (used.has(request.socket)) request.socket.resetAndDestroy()
      else response.end('{"data":1}')
      used.add(request.socket)
    })
  })
  const transport = createRemoteTransport(new Map([['stock', url]]), { connections: 1 })
  opened.push(transport)
  const send = (body: string, isMutation = false) => {
    const call = { service: 'stock', body, operationName: undefined, isMutation }
    return transport.send({
      ...call,
      isAnonymousPublic: false,
      isShared: false,
      fields: new Set<string>(),
      context: {},
    })
  }
  for (const body of ['1', '2', '3']) {
    expect(await send(body)).toMatchObject({ bytes: Buffer.from('{"data":1}') })
  }
  await expect(send('4', true)).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
  expect(bodies).toEqual(['1', '2', '2', '3', '4'])
})

it.each([true, false])(
  'passes integers beyond 2^53 unchanged, in values and keys; with generated code: %s',
  async (isGenerated) => {
    const long = '9007199254740993'
    const item = (id: string) =>
      `{"__typename":"Item","id":${id},"any":{"n":[-${long},1.5,null,"${long} \\"${long}"],"toString":${long}}}`
    const items = await listen((_request, response) => {
      const error = `{"message":"Some.","path":["items"],"extensions":{"n":${long}}}`
      response.end(`{"data":{"items":[${item(long)},${item('1')}]},"errors":[${error}]}`)
    })
    const asked: string[] = []
    const sizes = await listen((request, response) => {
      void textOf(request).then((body) => {
        asked.push(body)
        const entities = [
          `{"size":${long}0,"share":0.1,"whole":${long}}`,
          '{"size":1234567890123456}',
        ]
        response.end(`{"data":{"_entities":[${entities.join()}]}}`)
      })
    })
    const supergraphSdl = composeSubgraphs(
      new Map([
        [
          'items',
          'scalar Any type Query { items: [Item] } type Item @key(fields: "id") { id: ID! any: Any }',
        ],
        [
          'sizes',
          'scalar Long type Item @key(fields: "id") { id: ID! size: Long share: Float whole: Int }',
        ],
      ]),
    )
    const urls = new Map([
      ['items', items.url],
      ['sizes', sizes.url],
    ])
    const transport = createRemoteTransport(urls)
    opened.push(transport)
    const engine = await openEngine({ supergraphSdl, transport, isGenerated })
    const result = await executeRaw(engine, { query: '{ items { id any size share whole } }' })
    const any = `{"n":[-${long},1.5,null,"${long} \\"${long}"],"toString":${long}}`
    expect(stringifyResult({ ...result })).toContain(
      `"data":{"items":[{"id":${long},"any":${any},"size":${long}0,"share":0.1,"whole":${long}},{"id":1,"any":${any},"size":1234567890123456,"share":null,"whole":null}]}`,
    )
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain(`[{"__typename":"Item","id":${long}},{"__typename":"Item","id":1}]`)
  },
)
