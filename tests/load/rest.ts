import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { manifest } from '@cnop/schema/read'
import { Agent, request } from 'undici'
import { createRestClient, createRestUser } from '../world/rest.ts'
import { print, readCommit } from '../report.ts'
import { bench } from './bench.ts'

/**
 * `npm run bench:rest`: CPU of the REST shim beyond that of the GraphQL operation that it runs. One server process
 * handles alternating rounds of both; its CPU time comes from its metrics. The figure is the median difference.
 */
export interface RestOptions {
  readonly rounds: number
  readonly perRound: number
  readonly warmUp: number
}

const barMs = 0.3
const raisedLimits = {
  RATE_LIMIT_PER_MINUTE: '100000000',
  SERVICE_RATE_LIMITS: 'user=100000000',
  COST_PER_MINUTE: '1000000000',
}

const document = Object.entries(manifest('rest')).find(([, text]) =>
  text.startsWith('query RestBalance {'),
)

async function read(url: string, options: Parameters<typeof request>[1]): Promise<string> {
  const { statusCode, body } = await request(url, options)
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
  if (seconds === undefined) throw new Error('The server’s metrics lack its CPU time.')
  return Number(seconds) * 1000
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

async function measure(
  origin: string,
  dispatcher: Agent,
  { rounds, perRound, warmUp }: RestOptions,
) {
  const [id] = document ?? []
  if (id === undefined) throw new Error('There is no operation RestBalance.')
  const { token } = await createRestUser(createRestClient(origin), '1000')
  const authorization = `Bearer ${token}`
  const rest = () => read(`${origin}/api/v1/balance`, { dispatcher, headers: { authorization } })
  const graphql = () =>
    read(`${origin}/graphql`, {
      method: 'POST',
      dispatcher,
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
    // The second one includes garbage collection of the first, so the order alternates.
    const first = round % 2 === 0 ? rest : graphql
    const a = await cost(first)
    const b = await cost(first === rest ? graphql : rest)
    pairs.push(first === rest ? { restMs: a, graphqlMs: b } : { restMs: b, graphqlMs: a })
  }
  return pairs
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000

async function waitUntilReady(origin: string): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      if ((await fetch(`${origin}/health`)).ok) return
    } catch {
      // The server is not listening yet.
    }
    if (performance.now() > deadline) throw new Error('The platform did not start.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

export async function measureRest(options: RestOptions) {
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
      ...raisedLimits,
    },
  })
  // Idle connections close long before the server closes them, so that no request meets a closing connection.
  const agent = new Agent({ connections: 4, keepAliveMaxTimeout: 1_000 })
  try {
    const origin = `http://127.0.0.1:${port}`
    await waitUntilReady(origin)
    const pairs = await measure(origin, agent, options)
    return {
      shimCpuMs: round3(median(pairs.map(({ restMs, graphqlMs }) => restMs - graphqlMs))),
      restCpuMs: round3(median(pairs.map(({ restMs }) => restMs))),
      graphqlCpuMs: round3(median(pairs.map(({ graphqlMs }) => graphqlMs))),
      requests: 2 * options.rounds * options.perRound,
    }
  } finally {
    await agent.close()
    await stopChild(child)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  await bench(async () => {
    print(`limits raised: ${JSON.stringify(raisedLimits)}`)
    const result = await measureRest({ rounds: 12, perRound: 400, warmUp: 1_500 })
    if (result.shimCpuMs >= barMs) process.exitCode = 1
    return { ...result, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
