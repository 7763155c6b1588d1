import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { addPeople, signInAs } from '../world/people.ts'
import { watchCircuit } from './circuit.ts'
import { loadPanels, type Sample } from './panels.ts'
import { pressHeavyButtons } from './press.ts'
import { openStage, raisedLimits, type Stage } from './stage.ts'
import { type Aftermath, type Pace, strike } from './strike.ts'

/**
 * `npm run chaos:subgraphs`: suspends and then kills each subgraph under constant load. Panels that do not need it must
 * be unaffected. Other panels must return the rest, be refused quickly, and recover soon after the subgraph. After that,
 * one user with very many journal entries requests every heavy field, six at a time. Strangers must be unaffected.
 */
export interface ChaosOptions extends Pace {
  readonly names: readonly SubgraphName[]
  /** Duration without faults: first as a warm-up, then as the baseline. */
  readonly calmSeconds: number
  /** The journal entries of the user with heavy requests, and the duration of these. */
  readonly large: { readonly entries: number; readonly seconds: number }
  readonly env?: Readonly<Record<string, string>>
  readonly print: (line: string) => void
}

const p95 = (samples: readonly Sample[]): number =>
  percentile(
    samples.map(({ ms }) => ms),
    0.95,
  )

const needs = ({ panel }: Sample, name: SubgraphName): boolean => panel.needs.includes(name)

/** Whether a panel with an optional need for the failed subgraph lacks other data or reports another cause. */
function isMisled(sample: Sample, name: SubgraphName): boolean {
  if (!needs(sample, name)) return false
  const { status, hasData, codes, panel } = sample
  const isEmptied = !hasData && panel.needs[0] !== name
  return (
    status !== 200 || isEmptied || codes.some((code) => code !== `SUBGRAPH_UNAVAILABLE of ${name}`)
  )
}

function describe({ blow, samples, refusalsMs, recoverySeconds }: Aftermath): string[] {
  const { name, signal } = blow
  const spared = samples.filter((sample) => !needs(sample, name))
  const broken = spared.filter(({ isWhole }) => !isWhole)
  const misled = samples.filter((sample) => isMisled(sample, name))
  return [
    ...[...broken, ...misled]
      .slice(0, 5)
      .map(
        ({ panel, status, codes, ms }) =>
          `  ${panel.name} answered ${status} (${codes.join(', ')}) after ${Math.round(ms)} ms`,
      ),
    `${signal} ${name.padEnd(9)} others ${spared.length}, failed ${broken.length}, p95 ${p95(spared)} ms; ` +
      `refusals ${refusalsMs.length}, p95 ${percentile(refusalsMs, 0.95)} ms; recovered after ${recoverySeconds.toFixed(2)} s`,
  ]
}

async function beCalm({ split, token }: Stage, options: ChaosOptions): Promise<readonly Sample[]> {
  const load = loadPanels(split.origin, token, options.perSecond)
  // The polling has a cost, which both halves of the comparison must share.
  const circuit = watchCircuit(split.origin, 'user')
  await delay(options.calmSeconds * 1_000)
  await circuit.stop()
  return load.stop()
}

export async function runChaos(options: ChaosOptions) {
  const stage = await openStage(options.env)
  try {
    // New processes are slow and would be too weak a baseline.
    await beCalm(stage, options)
    const calm = await beCalm(stage, options)
    const aftermaths: Aftermath[] = []
    for (const name of options.names) {
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
        const aftermath = await strike(stage, { name, signal }, options)
        aftermaths.push(aftermath)
        describe(aftermath).forEach(options.print)
      }
    }
    await addPeople(stage.split.engine.endpoint, 1, [options.large.entries])
    const user = await signInAs(stage.split.origin, 0)
    const large = await pressHeavyButtons(user, options.large.seconds)
    large.strangersFailures.forEach((line) => options.print(`  a stranger: ${line}`))
    return { ...sumUp(calm, aftermaths), large }
  } finally {
    await stage.stop()
  }
}

function sumUp(calm: readonly Sample[], aftermaths: readonly Aftermath[]) {
  const others = aftermaths.flatMap(({ blow, samples }) =>
    samples.filter((sample) => !needs(sample, blow.name)),
  )
  const misled = aftermaths.flatMap(({ blow, samples }) =>
    samples.filter((sample) => isMisled(sample, blow.name)),
  )
  const all = [...calm, ...aftermaths.flatMap(({ samples }) => samples)]
  const refusals = aftermaths.flatMap(({ refusalsMs }) => refusalsMs)
  const slowest = Math.max(...aftermaths.map(({ recoverySeconds }) => recoverySeconds))
  return {
    otherPanels: others.length,
    otherPanelsFailed: [...calm, ...others].filter(({ isWhole }) => !isWhole).length,
    baselineP95Ms: p95(calm),
    otherPanelsP95Ms: p95(others),
    /** Panels of the failed subgraph that lack other data or report another cause. */
    misledPanels: misled.length,
    openRefusalMs: percentile(refusals, 0.95),
    refusals: refusals.length,
    recoverySeconds: Math.round(slowest * 100) / 100,
    status5xx: all.filter(({ status }) => status >= 500).length,
  }
}

/** The largest accepted slowdown of other panels. */
const largestSlowdown = 1.2

function isGood(result: Awaited<ReturnType<typeof runChaos>>): boolean {
  return (
    result.otherPanelsFailed === 0 &&
    result.misledPanels === 0 &&
    result.status5xx === 0 &&
    result.refusals > 0 &&
    result.large.strangersFailed === 0 &&
    result.large.breakersOpened.length === 0 &&
    result.openRefusalMs < 50 &&
    result.recoverySeconds <= 5 &&
    result.otherPanelsP95Ms <= result.baselineP95Ms * largestSlowdown
  )
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      rate: { type: 'string' },
      only: { type: 'string' },
      entries: { type: 'string' },
    },
  })
  const stoppedSeconds = readNumber('seconds', values.seconds, 8)
  const perSecond = readNumber('rate', values.rate, 24)
  const names = subgraphNames.filter((name) => values.only === undefined || name === values.only)
  print(`${perSecond} panels per second; limits: ${JSON.stringify(raisedLimits)}`)
  const calmSeconds = stoppedSeconds * 2
  const large = { entries: readNumber('entries', values.entries, 100_000), seconds: calmSeconds }
  const result = await runChaos({ names, stoppedSeconds, calmSeconds, perSecond, large, print })
  print(JSON.stringify({ ...result, perSecond, seed: null, commit: readCommit() }))
  if (!isGood(result)) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
