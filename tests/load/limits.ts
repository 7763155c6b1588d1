import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Child, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { startRedisProcess } from '@cnop/kit/redis-process'
import { Agent, request } from 'undici'
import { readCommit, readNumber } from '../report.ts'
import { bench } from './bench.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const windowMs = 60_000
const readyDeadlineMs = 180_000
const clientAddress = '127.0.9.9'
const concurrency = 24

interface RouterProcess {
  readonly origin: string
  readonly child: Child
}

/** A router with all subgraphs in its process and a separate store; only the counts are shared. */
async function startProcess(
  redisUrl: string,
  directory: string,
  limit: number,
): Promise<RouterProcess> {
  const port = await freeLoopbackPort()
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    REDIS_URL: redisUrl,
    RATE_LIMIT_PER_MINUTE: String(limit),
    DATA_DIRECTORY: directory,
    ROUTER_PORT: String(port),
    ROUTER_HOST: '127.0.0.1',
    WEB_ENABLED: 'false',
    LOG_LEVEL: 'silent',
    SEED_DEMO_USER: 'false',
    INVENTORY_SCENARIO: 'quiet',
  }
  const child = await startChild(
    process.execPath,
    ['--import', 'tsx', `${root}router/src/main.ts`],
    { env },
  )
  return { origin: `http://127.0.0.1:${port}`, child }
}

async function untilHealthy({ origin, child }: RouterProcess): Promise<void> {
  const deadline = performance.now() + readyDeadlineMs
  while (performance.now() < deadline) {
    const isUp = await fetch(`${origin}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await delay(100)
  }
  throw new Error(`A router did not start: ${child.lastOutput()}`)
}

interface Tally {
  readonly sent: number
  readonly passed: number
  readonly refused: number
  readonly headersMissing: number
  /** Values of “remaining” that two requests received. Exact counting returns each value once. */
  readonly placesTwice: number
  readonly windows: number
  readonly tookMs: number
}

const headerNames = [
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit',
  'ratelimit-policy',
]

/** Sends all requests as fast as possible, round-robin over the routers, from a dedicated address. */
async function sendAll(origins: readonly string[], count: number): Promise<Tally> {
  const agent = new Agent({ localAddress: clientAddress, connections: concurrency })
  const places = new Map<string, number>()
  const resets: number[] = []
  let [next, passed, refused, headersMissing] = [0, 0, 0, 0]
  const sendOne = async (index: number): Promise<void> => {
    const { statusCode, headers, body } = await request(
      `${origins[index % origins.length]}/graphql`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
        dispatcher: agent,
      },
    )
    await body.dump()
    if (statusCode === 429) refused += 1
    if (statusCode === 429 && headers['retry-after'] === undefined) headersMissing += 1
    if (headerNames.some((name) => headers[name] === undefined)) headersMissing += 1
    resets.push(Number(headers['x-ratelimit-reset']))
    if (statusCode !== 200) return
    passed += 1
    const place = String(headers['x-ratelimit-remaining'])
    places.set(place, (places.get(place) ?? 0) + 1)
  }
  const startedAt = performance.now()
  const work = async (): Promise<void> => {
    while (next < count) {
      next += 1
      await sendOne(next)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const tookMs = Math.round(performance.now() - startedAt)
  await agent.close()
  const placesTwice = [...places.values()].filter((uses) => uses > 1).length
  const windows = Math.max(...resets) - Math.min(...resets) > 5 ? 2 : 1
  return { sent: count, passed, refused, headersMissing, placesTwice, windows, tookMs }
}

/** Sends requests to two routers that share one Redis, in one window of `limit` requests. */
export async function measureLimits({ requests, limit }: { requests: number; limit: number }) {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-limits-'))
  const redis = await startRedisProcess()
  const routers: RouterProcess[] = []
  try {
    for (const name of ['a', 'b']) {
      routers.push(await startProcess(redis.url, join(directory, name), limit))
    }
    await Promise.all(routers.map(untilHealthy))
    const tally = await sendAll(
      routers.map(({ origin }) => origin),
      requests,
    )
    const isConclusive = tally.windows === 1 && tally.tookMs < windowMs
    const isExact = tally.passed === Math.min(requests, limit) && tally.placesTwice === 0
    const verdict = isConclusive ? (isExact ? 'pass' : 'fail') : 'unknown'
    return { ...tally, limit, verdict }
  } finally {
    await Promise.all(routers.map(({ child }) => stopChild(child)))
    await redis.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `npm run bench:limits [-- --requests 10500]`: exactly as many requests pass as the limit allows. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { requests: { type: 'string' } } })
  const requests = readNumber('requests', values.requests, 10_500)
  await bench(async () => {
    const result = await measureLimits({ requests, limit: 10_000 })
    if (result.verdict !== 'pass' || result.headersMissing > 0) process.exitCode = 1
    return { ...result, seed: null, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
