import { writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { systemClock, utcDay } from '@cnop/kit/clock'
import {
  compareWithModel,
  cpuOf,
  type MeasuredCosts,
  type OperationName,
  operationNames,
} from '../../ops/capacity/costs.ts'
import type { Split } from '../../ops/split/split.ts'
import { pressHeavyButtons } from '../chaos/press.ts'
import { raisedLimits } from '../chaos/stage.ts'
import { print, readCommit, readNumber } from '../report.ts'
import { addPeople, type Person, signInAs } from '../world/people.ts'
import { startHosted } from './baseline.ts'
import { bench, inNewFolder } from './bench.ts'
import { type Costs, type Effort, measureCosts, measureMix } from './growth/costs.ts'
import { compareExports } from './growth/exports.ts'
import { type Meters, meterStore, openMeters, type StoreMeter } from './growth/meters.ts'
import { restPercent } from './growth/processes.ts'
import { countStreams, untilVerified, watchLag } from './growth/watch.ts'
import { onSplit, streamLimits } from './stream.ts'

export interface GrowthOptions {
  readonly users: number
  /** The journals of the measured users, ascending. The last is compared with the second. */
  readonly entries: readonly number[]
  readonly effort: Effort
  readonly pressSeconds: number
  readonly streams: number
  readonly streamSteps: number
  readonly streamSeconds: number
  readonly print: (line: string) => void
}

/** One address and one user send all requests. Traces are as in production. */
export const growthLimits = (streams: number) => ({
  ...raisedLimits,
  ...streamLimits(streams),
  FIELD_RATE_LIMITS: 'insight=1000000,placeOrder=1000000,export=1000000,signIn=1000000',
  ACCESS_TOKEN_SECONDS: '3600',
  TRACE_SAMPLE_RATIO: '0.05',
  // The verifier of a process that rests would look for new entries every five minutes.
  IDLE_AFTER_MS: '3600000',
  SEED_DEMO_USER: 'false',
})

function describe({ users }: Costs, entries: readonly number[]): string[] {
  return operationNames.map((name) => {
    const each = users.map((costs, place) => {
      return `${cpuOf(costs[name]).toFixed(1)} (${entries[place] ?? 0})`
    })
    return `${name.padEnd(12)} CPU ms of a call (entries): ${each.join(', ')}`
  })
}

const round = (value: number): number => Math.round(value * 100) / 100

/** What a call costs the largest user, as a multiple of what it costs the second. */
function ratioOf({ users }: Costs, name: OperationName): number {
  const [, small] = users
  const large = users.at(-1)
  return small && large ? round(cpuOf(large[name]) / cpuOf(small[name])) : NaN
}

async function compareUsers(split: Split, meters: Meters, options: GrowthOptions) {
  const { entries, effort, pressSeconds, print: printLine } = options
  const people: Person[] = []
  for (const place of entries.keys()) people.push(await signInAs(split.origin, place))
  const [, small, large] = [people[0], people[1], people.at(-1)]
  if (!small || !large) throw new Error('Two users or more are compared.')
  const costs = await measureCosts(meters, people, effort)
  describe(costs, entries).forEach(printLine)
  const mix = await measureMix(meters, people, costs, effort)
  const exportMbRatio = round(await compareExports(split, [small, large], effort.samples))
  const { strangersFailed, strangersFailures } = await pressHeavyButtons(large, pressSeconds)
  strangersFailures.forEach((line) => {
    printLine(`  a stranger: ${line}`)
  })
  return { costs, mix, exportMbRatio, strangersFailed }
}

/** Everything that is measured on a platform of six processes. */
export async function measureGrowth(split: Split, store: StoreMeter, options: GrowthOptions) {
  const { users, entries, streams, streamSeconds: seconds, print: printLine } = options
  const meters = await openMeters(split, store)
  try {
    await addPeople(split.engine.endpoint, users, entries)
    await untilVerified(split)
    const compare = () => compareUsers(split, meters, options)
    const { result, longestSeconds } = await watchLag(split, compare)
    const { costs, mix, exportMbRatio, strangersFailed } = result
    const steps = options.streamSteps
    const load = { streams, steps, settleSeconds: seconds / 2, seconds, print: printLine }
    const streaming = await countStreams(split, meters, costs.rest, load)
    const [, operations] = costs.users
    if (!operations) throw new Error('Two users or more are compared.')
    const ratios = compareWithModel(operations, mix)
    printLine(`a mix of operations, compared with the model: ${JSON.stringify(ratios)}`)
    const figures = {
      historyYearRatio: ratioOf(costs, 'historyYear'),
      historyMonthRatio: ratioOf(costs, 'historyMonth'),
      rareFilterRatio: ratioOf(costs, 'rareFilter'),
      firstPageRatio: ratioOf(costs, 'firstPage'),
      orderRatio: ratioOf(costs, 'order'),
      exportMbRatio,
      verifierLagSeconds: longestSeconds,
      strangersFailed,
      streamsOnOneCore: streaming.fitting,
      ...ratios,
    }
    return { figures, costs: { operations, stream: streaming.stream, rest: costs.rest, mix } }
  } finally {
    await meters.close()
  }
}

/** `npm start` on the store, a minute after the last request. */
async function measureIdle(directory: string): Promise<number> {
  const { pid, stop } = await startHosted(directory)
  try {
    await delay(60_000)
    return await restPercent(pid, 60)
  } finally {
    await stop()
  }
}

const highestRatio = 1.5
const longestLagSeconds = 60

type Growth = Awaited<ReturnType<typeof measureGrowth>>['figures'] & {
  readonly idleCpuPercent: number
}

function isGood(found: Growth, { streams }: GrowthOptions): boolean {
  const ratios = Object.entries(found).filter(([name]) => name.endsWith('Ratio'))
  const ofModel = ratios.filter(([name]) => name.startsWith('model'))
  return (
    ratios.every(([, ratio]) => ratio <= highestRatio) &&
    ofModel.every(([, ratio]) => ratio >= 1 / highestRatio) &&
    found.verifierLagSeconds < longestLagSeconds &&
    found.strangersFailed === 0 &&
    found.idleCpuPercent < 1 &&
    found.streamsOnOneCore >= streams
  )
}

function readEntries(text = '10,1000,10000,100000'): readonly number[] {
  const entries = text.split(',').map((each) => readNumber('entries', each, 0))
  if (entries.length < 2) throw new Error('--entries must be two numbers or more.')
  return entries
}

const costsFile = new URL('../../ops/capacity/costs.json', import.meta.url)

/** Keeps the costs for the capacity plan, with four digits. */
function record(costs: Omit<MeasuredCosts, 'date' | 'commit'>): void {
  const measured = { date: utcDay(systemClock()), commit: readCommit(), ...costs }
  const short = (_name: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  writeFileSync(costsFile, `${JSON.stringify(measured, short, 2)}\n`)
}

/**
 * `npm run bench:growth [-- --users 1000 --entries 10,1000,10000,100000 --streams 10000]`: what a user with a long journal
 * costs compared with one with a short journal, what an idle platform costs, and how many streams one core serves.
 * `--record` keeps the costs for `npm run capacity`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string' },
      entries: { type: 'string' },
      streams: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  })
  const options: GrowthOptions = {
    users: readNumber('users', values.users, 1_000),
    entries: readEntries(values.entries),
    effort: { samples: 5, share: 1, restSeconds: 10 },
    pressSeconds: 30,
    streams: readNumber('streams', values.streams, 10_000),
    streamSteps: 4,
    streamSeconds: 10,
    print,
  }
  const limits = growthLimits(options.streams)
  print(`limits raised: ${JSON.stringify(limits)}`)
  await bench(() =>
    inNewFolder(async (directory) => {
      const store = meterStore()
      const measure = (split: Split) => measureGrowth(split, store, options)
      const { figures, costs } = await onSplit(directory, limits, measure, store.reach)
      await store.stop()
      const found = { ...figures, idleCpuPercent: round(await measureIdle(directory)) }
      if (!isGood(found, options)) process.exitCode = 1
      if (values.record) record(costs)
      return { ...found, commit: readCommit() }
    }),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
