import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { complaintsOf, verifyStore } from '../money/bank.ts'
import { createRandom } from '../money/random.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { bench } from './bench.ts'
import { type MemoryPoint, slopeOf, watchMemory } from './soak/memory.ts'
import { deeds, drawDeed } from './soak/mix.ts'
import { runOpenLoop, type Sample } from './soak/open-loop.ts'
import { openPeople, type Person } from './soak/people.ts'
import { type Platform, startPlatform } from './soak/platform.ts'
import { followAll } from './soak/streams.ts'
import { openWire } from './soak/wire.ts'

/**
 * `npm run soak -- --minutes 30`: a long run at a constant load. The platform must stay fast, must not grow, and must
 * refuse no request. At the end every balance must match the journal.
 */
export interface SoakOptions {
  readonly seconds: number
  readonly perSecond: number
  readonly people: number
  readonly seed: number
  readonly print: (line: string) => void
}

/** This load needs no raised limit. The demo user would only change the count of accounts. */
const environment = { SEED_DEMO_USER: 'false' }

/** The number of users with open streams during the whole run. */
const watchers = 5
const longestWarmUpSeconds = 300
const memoryEveryMs = 2_000

async function load(platform: Platform, options: SoakOptions) {
  const { seconds, perSecond, seed } = options
  const random = createRandom(seed)
  const people = await openPeople(platform.origin, options.people)
  const wire = openWire(platform.origin)
  const streams = followAll(platform.origin, people.slice(0, watchers))
  const draw = () => {
    const person = random.pick(people)
    const deed = drawDeed(random, person)
    return { name: deed.name, run: () => deed.act(person, { wire, random }) }
  }
  const warmUpSeconds = Math.min(longestWarmUpSeconds, seconds / 6)
  try {
    const early = await runOpenLoop({ perSecond, seconds: warmUpSeconds, random }, draw)
    const memory = watchMemory(() => platform.residentMb(), memoryEveryMs)
    await platform.readLoopLag()
    const ownLag = monitorEventLoopDelay()
    ownLag.enable()
    const samples = await runOpenLoop({ perSecond, seconds: seconds - warmUpSeconds, random }, draw)
    ownLag.disable()
    const loopLag = await platform.readLoopLag()
    return { early, samples, loopLag, ownLag, points: memory.stop(), people, streams }
  } finally {
    await streams.stop()
    await wire.close()
  }
}

/** Prints the figures of each kind of request. */
function describe(samples: readonly Sample[], say: SoakOptions['print']): void {
  for (const { name } of deeds) {
    const times = samples.filter((sample) => sample.name === name).map(({ ms }) => ms)
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(times, share))
    say(
      `${name.padEnd(12)} ${String(times.length).padStart(7)}  p50 ${p50}  p95 ${p95}  p99 ${p99} ms`,
    )
  }
  const problems = new Map<string, number>()
  for (const { name, problem } of samples) {
    if (problem === undefined) continue
    const line = `${name}: ${problem}`
    problems.set(line, (problems.get(line) ?? 0) + 1)
  }
  for (const [line, count] of problems) say(`${count} x ${line}`)
}

/** Lists the faults of the ledger after the platform has stopped. */
async function audit(directory: string, people: readonly Person[]) {
  const log = createLog('soak', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ directory: join(directory, 'store'), log })
  try {
    const verification = await verifyStore(engine.endpoint)
    const missing = people.length - verification.accounts
    const complaints = complaintsOf(verification)
    if (missing !== 0) complaints.push(`${missing} accounts are missing`)
    return { complaints, entries: verification.entries }
  } finally {
    await engine.stop()
  }
}

/** The size at the start, at each tenth of the time and at the end, in megabytes. */
const listLevels = (points: readonly MemoryPoint[]): number[] =>
  Array.from({ length: 11 }, (_, tenth) =>
    Math.round(points[Math.round(((points.length - 1) * tenth) / 10)]?.mb ?? 0),
  )

const round = (value: number): number => Math.round(value * 100) / 100

export async function runSoak(options: SoakOptions) {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-soak-'))
  try {
    const platform = await startPlatform({ ...environment, DATA_DIRECTORY: directory })
    const found = await load(platform, options).finally(() => platform.stop())
    const { early, samples, points, loopLag, ownLag, streams } = found
    const { complaints, entries } = await audit(directory, found.people)
    const all = [...early, ...samples]
    describe(all, options.print)
    const failed = all.filter(({ problem }) => problem !== undefined)
    const others = [...streams.problems, ...complaints]
    others.forEach(options.print)
    const times = samples.map(({ ms }) => ms)
    return {
      p50Ms: percentile(times, 0.5),
      p95Ms: percentile(times, 0.95),
      p99Ms: percentile(times, 0.99),
      slowestMs: percentile(times, 1),
      errors: failed.length + others.length,
      rssSlopeMbPerMinute: round(slopeOf(points)),
      rssMb: listLevels(points),
      loopLagP99Ms: round(loopLag.p99Ms),
      loopLagLongestMs: round(loopLag.longestMs),
      // If this one is as long, the machine stalled, not the platform.
      ownLagLongestMs: round(ownLag.max / 1e6),
      requests: all.length,
      perSecond: round(all.length / options.seconds),
      people: found.people.length,
      streams: streams.opened,
      streamEvents: streams.events,
      ledgerViolations: complaints.length,
      ledgerEntries: entries,
      limitsRaised: {},
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const bars = { p95Ms: 150, p99Ms: 400, rssSlopeMbPerMinute: 1, loopLagP99Ms: 50 } as const

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      rate: { type: 'string' },
      people: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const seed = readNumber('seed', values.seed, 1)
  const minutes = readNumber('minutes', values.minutes, 30)
  await bench(async () => {
    const result = await runSoak({
      seconds: minutes * 60,
      perSecond: readNumber('rate', values.rate, 60),
      people: readNumber('people', values.people, 40),
      seed,
      print,
    })
    const names = Object.keys(bars) as (keyof typeof bars)[]
    const isGood = result.errors === 0 && names.every((name) => result[name] < bars[name])
    if (!isGood) process.exitCode = 1
    return { minutes, ...result, seed, commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
