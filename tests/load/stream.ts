import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock } from '@cnop/kit/clock'
import { Agent, request } from 'undici'
import { type Split, type SplitOptions, startSplit } from '../../ops/split/split.ts'
import { seededChance } from '../engine/chance.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { createClient } from '../world/client.ts'
import { persisted, streamId } from '../world/stream.ts'
import { bench, inNewFolder } from './bench.ts'

/** All streams share one address. */
export const streamLimits = (streams: number) => ({
  STREAMS_AT_ONCE: String(streams + 10),
  STREAMS_PER_ADDRESS: String(streams + 10),
  // All come from one address, which would make room for others before the limit.
  CONNECTIONS_AT_ONCE: String(2 * (streams + 1_000)),
  CONNECTIONS_PER_ADDRESS: String(streams + 1_000),
  SERVICE_RATE_LIMITS: 'user=1000000,inventory=1000000,order=1000000',
  COST_PER_MINUTE: '100000000',
  RATE_LIMIT_PER_MINUTE: '1000000',
})
const targetMs = 250

interface Tally {
  isCounting: boolean
  delaysMs: number[]
  bytes: number
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
      if (tally.isCounting) tally.bytes += String(chunk).length
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

/** Opened one after the other, thousands of streams would take minutes. */
const openedAtOnce = 16

/** Streams of prices of one platform, whose number grows. */
export async function openStreams(origin: string, { idsEach, seed }: StreamKind) {
  const agent = new Agent({ connections: null, bodyTimeout: 60_000 })
  const tally: Tally = { isCounting: false, delaysMs: [], bytes: 0, holes: 0, closed: 0 }
  const chance = seededChance(seed)
  const assets = await listAssets(origin)
  let opened = 0
  return {
    growTo: async (streams: number): Promise<void> => {
      const open = async (): Promise<void> => {
        while (opened < streams) {
          opened += 1
          const ids = Array.from({ length: idsEach }, () => chance.pick(assets))
          await followPrices(origin, agent, ids, tally)
        }
      }
      await Promise.all(Array.from({ length: openedAtOnce }, open))
    },
    /** Counts the events of some seconds. Returns the bytes that came. */
    listen: async (seconds: number): Promise<number> => {
      Object.assign(tally, { delaysMs: [], bytes: 0, isCounting: true })
      await delay(seconds * 1_000)
      tally.isCounting = false
      return tally.bytes
    },
    found: () => ({
      streams: opened - tally.closed,
      ticks: tally.delaysMs.length,
      tickP50Ms: percentile(tally.delaysMs, 0.5),
      tickP95Ms: percentile(tally.delaysMs, 0.95),
      tickP99Ms: percentile(tally.delaysMs, 0.99),
      holes: tally.holes,
    }),
    close: () => agent.destroy(),
  }
}

interface StreamKind {
  readonly idsEach: number
  readonly seed: number
}

export interface StreamOptions extends StreamKind {
  readonly streams: number
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** Delays from a tick of the market to clients of a platform. */
export async function measureStream({ origin }: Pick<Split, 'origin'>, options: StreamOptions) {
  const { streams, idsEach, warmUpSeconds, seconds, seed } = options
  const opened = await openStreams(origin, options)
  try {
    await opened.growTo(streams)
    await delay(warmUpSeconds * 1_000)
    const load = loadavg()[0] ?? 0
    await opened.listen(seconds)
    return { ...opened.found(), idsEach, seconds, load: Math.round(load * 100) / 100, seed }
  } finally {
    await opened.close()
  }
}

/** Runs a platform of six processes whose data is in this folder. */
export async function onSplit<Result>(
  directory: string,
  limits: Readonly<Record<string, string>>,
  work: (split: Split) => Promise<Result>,
  reachStore?: SplitOptions['reachStore'],
): Promise<Result> {
  const env = { ...process.env, DATA_DIRECTORY: directory, LOG_LEVEL: 'error', ...limits }
  const split = await startSplit({
    env: { ...env, WEB_ENABLED: 'false' },
    onLine: (_name, line) => {
      print(line)
    },
    ...(reachStore && { reachStore }),
  })
  return work(split).finally(() => split.stop())
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
  const limits = streamLimits(streams)
  print(`limits raised: ${JSON.stringify(limits)}`)
  await bench(async () => {
    const options = {
      streams,
      idsEach: readNumber('ids', values.ids, 20),
      warmUpSeconds: 5,
      seconds: readNumber('seconds', values.seconds, 30),
      seed: readNumber('seed', values.seed, 1),
    }
    const result = await inNewFolder((directory) =>
      onSplit(directory, limits, (split) => measureStream(split, options)),
    )
    const isGood = result.streams === streams && result.holes === 0 && result.tickP95Ms < targetMs
    if (!isGood) process.exitCode = 1
    return { ...result, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
