/** The package of the standalone engine, installed outside this repository, as a process. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { composeServices } from '@apollo/composition'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'engine-package-'))
const inDirectory = (name: string) => join(directory, name)

/** The headers and the query of each call to the service. */
const calls: { headers: IncomingHttpHeaders; query: string }[] = []
const service = createServer((request, response) => {
  void (async () => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string }
    calls.push({ headers: request.headers, query })
    const data = { name: 'engine', secret: 'told', more: 'more', many: ['a', 'b'] }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
  })()
})

let child: ChildProcess | undefined
let url = ''
let metricsUrl = ''
const lines: { action?: string; extra?: { url: string; metricsPort: number } }[] = []
const noted: (() => void)[] = []

/** Waits for a line of the log with an action. */
async function logged(action: string) {
  for (;;) {
    const found = lines.find((line) => line.action === action)
    if (found) return found
    await new Promise<void>((resolve) => noted.push(resolve))
  }
}

const imports = 'import: ["@authenticated", "@cost"]'

function sdl(more: string): string {
  const { supergraphSdl = '' } = composeServices([
    {
      name: 'one',
      url: 'http://one.invalid/graphql',
      typeDefs:
        parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", ${imports})
        type Query { name: String secret: String @authenticated many: [String] @cost(weight: 500) ${more} }`),
    },
  ])
  return supergraphSdl
}

const config = `
supergraph: { file: ${inDirectory('supergraph.graphql')}, poll_every: 50ms }
server: { port: "\${env.ENGINE_TEST_PORT:-0}", drain_delay: 0ms }
metrics: { port: 0 }
headers:
  all:
    - propagate: { matching: "^x-" }
    - remove: { named: x-private }
    - set: { name: x-from, value: "\${env.ENGINE_TEST_NAME}" }
  subgraphs:
    one: [{ propagate: { named: x-old, rename: x-new } }]
subgraphs:
  all: { timeout: 5s, retries: 1, breaker: { failures: 3 } }
  named: { one: { url: "\${env.ENGINE_TEST_SERVICE}" } }
authentication: { jwt: { jwks: { file: ${inDirectory('keys.json')} } } }
demand_control: { mode: enforce, max: 100, list_size: 10, actual: true }
`

/** The packages of this repository as a lock file, so that npm finds them in its cache and asks no registry. */
function knownPackages(): object {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly link?: boolean }>>
  }
  const known = Object.entries(packages).filter(
    ([path, { link = false }]) => path.startsWith('node_modules/') && !link,
  )
  return { lockfileVersion: 3, requires: true, packages: { '': {}, ...Object.fromEntries(known) } }
}

const keys = await generateKeyPair('ES256', { extractable: true })

beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const address = service.address()
  const port = typeof address === 'object' && address ? address.port : 0
  writeFileSync(inDirectory('supergraph.graphql'), sdl(''))
  writeFileSync(inDirectory('engine.yaml'), config)
  writeFileSync(
    inDirectory('keys.json'),
    JSON.stringify({ keys: [await exportJWK(keys.publicKey)] }),
  )
  writeFileSync(inDirectory('package.json'), '{"private":true}')
  writeFileSync(inDirectory('package-lock.json'), JSON.stringify(knownPackages()))
  const packed = inDirectory('packed')
  await run('npm', ['run', '-s', 'engine:pack', '--', packed], { cwd: root })
  await run('npm', ['pack', '--pack-destination', directory], { cwd: packed })
  const install = [
    'install',
    inDirectory('cnop-engine-1.0.0.tgz'),
    '--prefer-offline',
    '--no-audit',
  ]
  await run('npm', [...install, '--no-fund', '--ignore-scripts'], { cwd: directory })
  const started = spawn(inDirectory('node_modules/.bin/cnop-engine'), ['--config', 'engine.yaml'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ENGINE_TEST_SERVICE: `http://127.0.0.1:${port}/graphql`,
      ENGINE_TEST_NAME: 'engine',
    },
  })
  child = started
  started.stdout.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) {
      if (line !== '') lines.push(JSON.parse(line) as (typeof lines)[number])
    }
    for (const resolve of noted.splice(0)) resolve()
  })
  const { extra } = await logged('engine.ready')
  url = extra?.url ?? ''
  metricsUrl = `http://127.0.0.1:${extra?.metricsPort}/metrics`
})

afterAll(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  service.close()
  service.closeAllConnections()
  rmSync(directory, { recursive: true, force: true })
})

async function ask(query: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  const body = (await answer.json()) as {
    data?: unknown
    errors?: { extensions: { code: string } }[]
  }
  return {
    status: answer.status,
    data: body.data,
    codes: body.errors?.map((each) => each.extensions.code),
  }
}

it('serves, and applies the header rules', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const headers = { 'x-a': '1', 'x-private': '2', 'x-old': '3', authorization: '', traceparent }
  expect(await ask('{ name }', headers)).toEqual({ status: 200, data: { name: 'engine' } })
  const sent = calls.at(-1)?.headers
  expect(sent).toMatchObject({ 'x-a': '1', 'x-new': '3', 'x-from': 'engine', traceparent })
  expect(sent).not.toHaveProperty('x-private')
})

it('filters fields that the caller may not read, by the token', async () => {
  expect(await ask('{ name secret }')).toMatchObject({
    data: { name: 'engine', secret: null },
    codes: ['UNAUTHORIZED_FIELD_OR_TYPE'],
  })
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey)
  expect(await ask('{ secret }', { authorization: `Bearer ${token}` })).toMatchObject({
    data: { secret: 'told' },
  })
  expect(await ask('{ secret }', { authorization: 'Bearer x.y.z' })).toMatchObject({
    status: 401,
    codes: ['UNAUTHENTICATED'],
  })
})

it('refuses what costs too much, and the schema to those who ask for it', async () => {
  expect(await ask('{ many }')).toMatchObject({
    status: 400,
    codes: ['COST_ESTIMATED_TOO_EXPENSIVE'],
  })
  expect((await ask('{ __schema { types { name } } }')).status).toBe(400)
})

it('reports its health and its metrics', async () => {
  for (const path of ['/live', '/ready', '/health']) {
    expect((await fetch(new URL(path, url))).status).toBe(200)
  }
  const text = await (await fetch(metricsUrl)).text()
  for (const sample of [
    'engine_request_seconds_count{status="200"}',
    'engine_subgraph_call_seconds_count{subgraph="one",outcome="ok"}',
    'engine_breaker_state{subgraph="one",state="closed"} 1',
    'engine_operation_cost_count{over="true"} 1',
    'engine_operation_actual_cost_count',
  ]) {
    expect(text).toContain(sample)
  }
})

it('keeps its supergraph when an invalid one appears, and swaps to the next that is valid', async () => {
  writeFileSync(inDirectory('supergraph.graphql'), 'type Query { a: Int }')
  await logged('supergraph.refused')
  expect((await ask('{ name }')).status).toBe(200)
  writeFileSync(inDirectory('supergraph.graphql'), sdl('more: String'))
  await logged('supergraph.loaded')
  expect(await ask('{ more }')).toMatchObject({ data: { more: 'more' } })
})

it('refuses a configuration with one line for each fault', async () => {
  writeFileSync(
    inDirectory('wrong.yaml'),
    'supergraph: { file: x }\nserver: { port: many }\nheader: {}\n',
  )
  const program = inDirectory('node_modules/.bin/cnop-engine')
  const failure: unknown = await run(program, ['--config', 'wrong.yaml'], { cwd: directory }).catch(
    (error: unknown) => error,
  )
  expect(failure).toMatchObject({ code: 1 })
  const { stderr } = failure as { stderr: string }
  expect(stderr).toContain('server.port')
  expect(stderr).toContain('header')
  expect(stderr).not.toMatch(/\n\s+at /)
})

it('drains and exits when it is told to', async () => {
  const ended = child && once(child, 'exit')
  child?.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
