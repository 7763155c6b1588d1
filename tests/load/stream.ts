import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '@cnop/kit/clock'
import { Agent, request } from 'undici'
import { startSplit } from '../../ops/split/split.ts'
import { seededChance } from '../engine/chance.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { createClient } from '../world/client.ts'
import { persisted, streamId } from '../world/stream.ts'
import { bench } from './bench.ts'

/** All streams share one address. */
const raiseLimits = (streams: number) => ({
  STREAMS_AT_ONCE: String(streams + 10),
  STREAMS_PER_ADDRESS: String(streams + 10),
  SERVICE_RATE_LIMITS: 'user=1000000,inventory=1000000,order=1000000',
  COST_PER_MINUTE: '100000000',
  RATE_LIMIT_PER_MINUTE: '1000000',
})
const targetMs = 250

interface Tally {
  isCounting: boolean
  readonly delaysMs: number[]
  events: number
  holes: number
  closed: number
}

/** Reads one stream until it ends; `quotedAt` of the newest price is the time of the tick. */
async function followPrices(
  origin: string,
  agent: Agent,
  ids: readonly string[],
  tally: Tally,
): Promise<void> {
  const { statusCode, body } = await request(`${origin}/stream`, {
    method: 'POST',
    dispatcher: agent,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ ...persisted(streamId('FollowPrices')), variables: { ids } }),
  })
  if (statusCode !== 200) throw new Error(`A stream was refused: ${await body.text()}`)
  void readEvents(body, tally)
}

async function readEvents(body: AsyncIterable<unknown>, tally: Tally): Promise<void> {
  let rest = ''
  let last = 0
  try {
    for await (const chunk of body) {
      const blocks = `${rest}${String(chunk)}`.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) last = countEvent(block, last, tally)
    }
  } catch {
    // The platform closed the stream, which counts as closed, or the run ended after the figures were taken.
  } finally {
    tally.closed += 1
  }
}

function countEvent(block: string, last: number, tally: Tally): number {
  const sequence = /"sequence":(\d+)/.exec(block)?.[1]
  if (sequence === undefined) return last
  const place = parseInt(sequence, 10)
  if (place !== last + 1) tally.holes += 1
  if (tally.isCounting && !block.includes('"isSnapshot":true')) {
    tally.events += 1
    const [, quotedAt = ''] = /"quotedAt":"([^"]+)"/.exec(block) ?? []
    tally.delaysMs.push(systemClock() - Date.parse(quotedAt))
  }
  return place
}

async function listAssets(origin: string): Promise<readonly string[]> {
  const { data } = await createClient(origin).ask<{ assets: { nodes: { id: string }[] } }>(
    '{ assets(first: 250) { nodes { id } } }',
  )
  return data?.assets.nodes.map(({ id }) => id) ?? []
}

export interface StreamOptions {
  readonly streams: number
  readonly idsEach: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly seed: number
  readonly print: (line: string) => void
}

/** Delays from a tick of the market to clients of a platform of six processes. */
export async function measureStream(options: StreamOptions) {
  const { streams, idsEach, warmUpSeconds, seconds, seed, print } = options
  const directory = mkdtempSync(join(tmpdir(), 'cnop-bench-'))
  const limits = raiseLimits(streams)
  print(`limits raised: ${JSON.stringify(limits)}`)
  const env = { ...process.env, DATA_DIRECTORY: directory, LOG_LEVEL: 'error', ...limits }
  const split = await startSplit({
    env: { ...env, WEB_ENABLED: 'false' },
    onLine: (_name, line) => print(line),
  })
  const agent = new Agent({ connections: streams, bodyTimeout: 60_000 })
  const tally: Tally = { isCounting: false, delaysMs: [], events: 0, holes: 0, closed: 0 }
  try {
    const assets = await listAssets(split.origin)
    const chance = seededChance(seed)
    for (let index = 0; index < streams; index += 1) {
      const ids = Array.from({ length: idsEach }, () => chance.pick(assets))
      await followPrices(split.origin, agent, ids, tally)
    }
    await delay(warmUpSeconds * 1_000)
    tally.isCounting = true
    const load = loadavg()[0] ?? 0
    await delay(seconds * 1_000)
    tally.isCounting = false
    return {
      streams: streams - tally.closed,
      idsEach,
      seconds,
      ticks: tally.events,
      tickP50Ms: percentile(tally.delaysMs, 0.5),
      tickP95Ms: percentile(tally.delaysMs, 0.95),
      tickP99Ms: percentile(tally.delaysMs, 0.99),
      holes: tally.holes,
      load: Math.round(load * 100) / 100,
      seed,
    }
  } finally {
    await agent.destroy()
    await split.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `npm run bench:stream [-- --streams 500 --ids 20 --seconds 30 --seed 1]`; this process contains the clients. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string' },
      ids: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const streams = readNumber('streams', values.streams, 500)
  await bench(async () => {
    const result = await measureStream({
      streams,
      idsEach: readNumber('ids', values.ids, 20),
      warmUpSeconds: 5,
      seconds: readNumber('seconds', values.seconds, 30),
      seed: readNumber('seed', values.seed, 1),
      print,
    })
    const isGood = result.streams === streams && result.holes === 0 && result.tickP95Ms < targetMs
    if (!isGood) process.exitCode = 1
    return { ...result, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
