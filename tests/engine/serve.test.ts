/** The standalone gateway as a process: both executors, and one without code generation. */
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { execute, parse } from 'graphql'
import { composeSubgraphs, subgraphSchema } from '@cnop/router/engine/testing/subgraphs'

const books = {
  sdl: 'type Query { books: [Book!] } type Book @key(fields: "id") { id: ID! title: String }',
  resolvers: {
    Query: {
      books: () => [
        { id: 1, title: 'One "1"' },
        { id: 2, title: 'Two' },
      ],
    },
  },
}
const notes = {
  sdl: 'type Book @key(fields: "id") { id: ID! note: String }',
  resolvers: { Book: { note: ({ id }: { id: string }) => `note ${id}` } },
}

const closers: (() => void)[] = []

/** How the services handle a request: answer it, hang up, or emit `asked` and wait for `release`. */
let manner: 'answer' | 'hang up' | 'wait' = 'answer'
const services = new EventEmitter()
let supergraphFile = ''

beforeAll(async () => {
  const supergraphSdl = composeSubgraphs(
    new Map([
      ['books', books.sdl],
      ['notes', notes.sdl],
    ]),
  )
  const urls = await Promise.all([books, notes].map(listen))
  const addressed = supergraphSdl
    .replace('http://books.invalid/graphql', urls[0] ?? '')
    .replace('http://notes.invalid/graphql', urls[1] ?? '')
  supergraphFile = join(mkdtempSync(join(tmpdir(), 'engine-serve-')), 'supergraph.graphql')
  writeFileSync(supergraphFile, addressed)
})

afterAll(() => {
  for (const close of closers) close()
})

async function listen(subgraph: typeof books | typeof notes): Promise<string> {
  const schema = subgraphSchema(subgraph)
  const server = createServer((request, response) => {
    if (manner === 'hang up') {
      request.socket.destroy()
      return
    }
    const mayAnswer = manner === 'wait' ? once(services, 'release') : Promise.resolve()
    services.emit('asked')
    void readJson(request).then(async ({ query, variables }) => {
      await mayAnswer
      const result = await execute({ schema, document: parse(query), variableValues: variables })
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/graphql`
}

async function readJson(
  request: IncomingMessage,
): Promise<{ query: string; variables: Record<string, unknown> }> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString()) as {
    query: string
    variables: Record<string, unknown>
  }
}

const started: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of started.splice(0)) await stop()
})

async function serve(flags: readonly string[], args: readonly string[]): Promise<string> {
  const program = new URL('../../router/src/engine/standalone/main.ts', import.meta.url).pathname
  const line = [...flags, '--import', 'tsx', program, '--supergraph', supergraphFile, '--port', '0']
  const child = spawn(process.execPath, [...line, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  started.push(
    () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  )
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
    child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim()))
    child.once('exit', () => reject(new Error('The gateway exited before it served.')))
  })
}

it.each([
  ['compiled', [], [], 400],
  ['compiled, sharing requests', [], ['--share', 'requests'], 400],
  ['compiled, without generated code', ['--disallow-code-generation-from-strings'], [], 400],
  // Apollo's own gateway fails on unknown operation names.
  ['stock', [], ['--engine', 'stock'], 500],
])('serves a supergraph standalone: %s', async (_name, flags, args, statusOfUnknown) => {
  const url = await serve(flags, args)
  const health = await fetch(url.replace('/graphql', '/health'))
  expect(await health.json()).toEqual({ status: 'healthy' })
  const ask = async (query: string, operationName?: string) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, operationName }),
    })
    return { status: answer.status, body: await answer.text() }
  }
  expect(await ask('{ books { title note } }')).toEqual({
    status: 200,
    body: '{"data":{"books":[{"title":"One \\"1\\"","note":"note 1"},{"title":"Two","note":"note 2"}]}}\n',
  })
  const wrong = await ask('{ books { nothing } }')
  expect(wrong.status).toBe(400)
  expect(wrong.body).toContain('GRAPHQL_VALIDATION_FAILED')
  const two = 'query A { books { title } } query B { books { title } }'
  expect((await ask(two)).status).toBe(statusOfUnknown)
  expect((await ask(two, 'C')).status).toBe(statusOfUnknown)
  expect((await ask(two, 'B')).status).toBe(200)
  expect((await fetch(url.replace('/graphql', '/other'))).status).toBe(404)
})

it('survives clients that disconnect and services that fail', async () => {
  // An unhandled rejection would end the process.
  const url = await serve(['--unhandled-rejections=strict'], ['--share', 'calls'])
  const ask = (signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ books { title note } }"}',
      ...(signal && { signal }),
    })
  manner = 'wait'
  const asked = once(services, 'asked')
  const leaving = new AbortController()
  const clients = Array.from({ length: 20 }, () => ask(leaving.signal))
  const ends = Promise.allSettled(clients)
  const staying = ask()
  await asked
  leaving.abort()
  expect((await ends).map(({ status }) => status)).toEqual(clients.map(() => 'rejected'))
  manner = 'answer'
  services.emit('release')
  const expected = {
    books: [
      { title: 'One "1"', note: 'note 1' },
      { title: 'Two', note: 'note 2' },
    ],
  }
  expect(await (await staying).json()).toEqual({ data: expected })
  manner = 'hang up'
  const failed = await Promise.all(Array.from({ length: 20 }, () => ask()))
  for (const answer of failed) {
    const { data, errors } = (await answer.json()) as { data: unknown; errors: unknown[] }
    expect(data).toEqual({ books: null })
    expect(errors).toHaveLength(1)
  }
  manner = 'answer'
  expect(await (await ask()).json()).toEqual({ data: expected })
})
