import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { manifest } from '@cnop/schema/read'
import { Agent, request } from 'undici'
import { createRestClient, createRestUser } from '../world/rest.ts'
import { readCommit } from '../report.ts'
import { bench } from './bench.ts'

/**
 * `npm run bench:rest`: what the REST shim costs beyond the GraphQL operation that it runs. One server process answers
 * rounds of both in turns, and counts its own processor time; the middle of the rounds' differences is the shim's.
 */
const rounds = 12
const perRound = 400
const warmUp = 1_500
const barMs = 0.3

const document = Object.entries(manifest('rest')).find(([, text]) =>
  text.startsWith('query RestBalance {'),
)

// Idle connections are given up long before the server does so, because a request must not meet a closing one.
const agent = new Agent({ connections: 4, keepAliveMaxTimeout: 1_000 })

async function read(url: string, options: Parameters<typeof request>[1]): Promise<string> {
  const { statusCode, body } = await request(url, { ...options, dispatcher: agent })
  const text = await body.text()
  if (statusCode !== 200 || text.includes('"errors"')) throw new Error(`${statusCode}: ${text}`)
  return text
}

async function repeat(count: number, send: () => Promise<string>): Promise<void> {
  const lane = async () => {
    for (let sent = 0; sent < count / 4; sent++) await send()
  }
  await Promise.all([lane(), lane(), lane(), lane()])
}

async function readCpuMs(origin: string): Promise<number> {
  const text = await read(`${origin}/metrics`, {})
  const [, seconds] = /^process_cpu_seconds_total (\S+)$/m.exec(text) ?? []
  if (seconds === undefined) throw new Error('The server does not tell its processor time.')
  return Number(seconds) * 1000
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

async function measure(origin: string) {
  const [id] = document ?? []
  if (id === undefined) throw new Error('There is no operation RestBalance.')
  const { token } = await createRestUser(createRestClient(origin), '1000')
  const authorization = `Bearer ${token}`
  const rest = () => read(`${origin}/api/v1/balance`, { headers: { authorization } })
  const graphql = () =>
    read(`${origin}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } }),
    })
  const cost = async (send: () => Promise<string>): Promise<number> => {
    const before = await readCpuMs(origin)
    await repeat(perRound, send)
    return ((await readCpuMs(origin)) - before) / perRound
  }
  await repeat(warmUp, rest)
  await repeat(warmUp, graphql)
  const pairs: { restMs: number; graphqlMs: number }[] = []
  for (let round = 0; round < rounds; round++) {
    // Whoever comes second meets the other's garbage, so that the order changes.
    const first = round % 2 === 0 ? rest : graphql
    const a = await cost(first)
    const b = await cost(first === rest ? graphql : rest)
    pairs.push(first === rest ? { restMs: a, graphqlMs: b } : { restMs: b, graphqlMs: a })
  }
  return pairs
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000

await bench(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-bench-rest-'))
  const port = await freeLoopbackPort()
  const child = await startChild(process.execPath, ['--import', 'tsx', 'ops/start.ts'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ROUTER_PORT: String(port),
      ROUTER_HOST: '127.0.0.1',
      WEB_ENABLED: 'false',
      LOG_LEVEL: 'silent',
      SEED_DEMO_USER: 'false',
      INVENTORY_SCENARIO: 'quiet',
      DATA_DIRECTORY: directory,
      RATE_LIMIT_PER_MINUTE: '100000000',
      SERVICE_RATE_LIMITS: 'user=100000000',
      COST_PER_MINUTE: '1000000000',
    },
    hearLine: () => undefined,
  })
  try {
    const origin = `http://127.0.0.1:${port}`
    await waitUntilReady(origin)
    const pairs = await measure(origin)
    const shimCpuMs = round3(median(pairs.map(({ restMs, graphqlMs }) => restMs - graphqlMs)))
    if (shimCpuMs >= barMs) process.exitCode = 1
    return {
      shimCpuMs,
      restCpuMs: round3(median(pairs.map(({ restMs }) => restMs))),
      graphqlCpuMs: round3(median(pairs.map(({ graphqlMs }) => graphqlMs))),
      requests: 2 * rounds * perRound,
      commit: readCommit(),
    }
  } finally {
    await agent.close()
    await stopChild(child)
    rmSync(directory, { recursive: true, force: true })
  }
})

async function waitUntilReady(origin: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      if ((await fetch(`${origin}/health`)).ok) return
    } catch {
      // Nobody listens yet.
    }
    if (performance.now() > deadline) throw new Error('The platform did not start.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
