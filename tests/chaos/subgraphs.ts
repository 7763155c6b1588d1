import { performance } from 'node:perf_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freeLoopbackPort } from '@cnop/kit/child'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { type Split, startSplit } from '../../ops/split/split.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { createClient } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'
import { askPanel, loadPanels, panels, type Sample } from './panels.ts'

/**
 * `npm run chaos:subgraphs`: each subgraph in turn is stopped dead and then killed, under constant load. What does
 * not need it must not notice; what does is refused quickly, and is back soon after it is.
 */
const perSecond = 24
const recoveryDeadlineMs = 30_000

/** One client asks more than one may; the limits are printed with the result. */
const limits = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  SERVICE_RATE_LIMITS: subgraphNames.map((name) => `${name}=1000000`).join(','),
  FIELD_RATE_LIMITS: 'insight=1000000',
  COST_PER_MINUTE: '1000000000',
}

interface Blow {
  readonly name: SubgraphName
  readonly signal: 'SIGSTOP' | 'SIGKILL'
}

interface Aftermath {
  readonly samples: readonly Sample[]
  /** How long a panel of the dead subgraph took to be refused while the circuit was open, in milliseconds. */
  readonly refusalsMs: readonly number[]
  readonly recoverySeconds: number
}

interface Stage {
  readonly split: Split
  readonly token: string
  readonly ports: Readonly<Record<SubgraphName, number>>
  readonly seconds: number
  readonly names: readonly SubgraphName[]
}

async function isUp(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/internal/health`
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).status === 200
  } catch {
    return false
  }
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + recoveryDeadlineMs
  while (!(await isSo())) {
    if (performance.now() > giveUpAt)
      throw new Error(`${what}: not within ${recoveryDeadlineMs} ms`)
    await delay(20)
  }
}

/** The panel that shows best whether a subgraph is there: the one that needs the fewest others beside it. */
const panelOf = (name: SubgraphName) => {
  const fitting = panels.filter(({ needs }) => needs.includes(name))
  return fitting.toSorted((a, b) => a.needs.length - b.needs.length)[0]!
}

async function strike({ split, token, ports, seconds }: Stage, blow: Blow): Promise<Aftermath> {
  const { name, signal } = blow
  const service = split.services.find((each) => each.name === name)
  if (!service) throw new Error(`There is no process ${name}.`)
  const { pid } = service
  const load = loadPanels(split.origin, token, perSecond)
  process.kill(pid, signal)
  if (signal === 'SIGSTOP') {
    await delay(seconds * 1_000)
    process.kill(pid, 'SIGCONT')
  }
  await until(() => isUp(ports[name]), `${name} is up`)
  const revivedAt = performance.now()
  await until(
    async () => (await askPanel(split.origin, token, panelOf(name))).isWhole,
    `${name} recovers`,
  )
  const recoverySeconds = (performance.now() - revivedAt) / 1_000
  await delay(500)
  const samples = await load.stop()
  const struck = samples.filter(({ panel }) => panel.needs.includes(name))
  return { samples, refusalsMs: listRefusals(struck, revivedAt), recoverySeconds }
}

/**
 * Failed calls after the circuit has opened: all of them that were sent after five had failed. While they last, a
 * call that is let through as a trial may take its whole deadline, but none is before the subgraph is back.
 */
function listRefusals(struck: readonly Sample[], revivedAt: number): number[] {
  const failed = struck.filter(({ isWhole }) => !isWhole)
  const endings = failed.map(({ sentAt, ms }) => sentAt + ms).toSorted((a, b) => a - b)
  const openAt = endings[4] ?? Infinity
  return failed.filter(({ sentAt }) => sentAt > openAt && sentAt < revivedAt).map(({ ms }) => ms)
}

async function play(stage: Stage) {
  const baseline = loadPanels(stage.split.origin, stage.token, perSecond)
  await delay(stage.seconds * 1_000)
  const calm = await baseline.stop()
  const others: Sample[] = []
  const all: Sample[] = [...calm]
  const refusals: number[] = []
  let recoverySeconds = 0
  for (const name of stage.names) {
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      const aftermath = await strike(stage, { name, signal })
      const spared = aftermath.samples.filter(({ panel }) => !panel.needs.includes(name))
      const broken = spared.filter(({ isWhole }) => !isWhole)
      for (const { panel, status, codes, ms } of broken.slice(0, 5)) {
        print(`  ${panel.name} answered ${status} (${codes.join(', ')}) after ${Math.round(ms)} ms`)
      }
      const slow = percentile(
        spared.map(({ ms }) => ms),
        0.95,
      )
      print(
        `${signal} ${name.padEnd(9)} others ${spared.length}, failed ${broken.length}, p95 ${slow} ms; refusals ` +
          `${aftermath.refusalsMs.length}; back after ${aftermath.recoverySeconds.toFixed(2)} s`,
      )
      others.push(...spared)
      all.push(...aftermath.samples)
      refusals.push(...aftermath.refusalsMs)
      recoverySeconds = Math.max(recoverySeconds, aftermath.recoverySeconds)
    }
  }
  return {
    otherPanelsFailed: others.filter(({ isWhole }) => !isWhole).length,
    baselineP95Ms: percentile(
      calm.map(({ ms }) => ms),
      0.95,
    ),
    otherPanelsP95Ms: percentile(
      others.map(({ ms }) => ms),
      0.95,
    ),
    openRefusalMs: percentile(refusals, 0.95),
    refusals: refusals.length,
    recoverySeconds: Math.round(recoverySeconds * 100) / 100,
    status5xx: all.filter(({ status }) => status >= 500).length,
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string' }, only: { type: 'string' } },
  })
  const seconds = readNumber('seconds', values.seconds, 8)
  const names = subgraphNames.filter((name) => values.only === undefined || name === values.only)
  const directory = mkdtempSync(join(tmpdir(), 'cnop-chaos-'))
  const ports = new Map<SubgraphName, number>()
  for (const name of subgraphNames) ports.set(name, await freeLoopbackPort())
  const places = Object.fromEntries(ports) as Record<SubgraphName, number>
  const split = await startSplit({
    env: {
      DATA_DIRECTORY: directory,
      LOG_LEVEL: 'silent',
      WEB_ENABLED: 'false',
      SEED_DEMO_USER: 'false',
      ...limits,
    },
    ports: places,
    hearLine: () => undefined,
  })
  try {
    const trader = await createTrader(createClient(split.origin))
    await trader.deposits('1000.00')
    await trader.buys('0.001', 'BTC')
    for (const panel of panels) {
      const { isWhole, status } = await askPanel(split.origin, trader.token, panel)
      if (!isWhole) throw new Error(`${panel.name} answers ${status} although nothing is broken.`)
    }
    print(`Limits: ${JSON.stringify(limits)}`)
    const result = await play({ split, token: trader.token, ports: places, seconds, names })
    print(JSON.stringify({ ...result, seed: null, commit: readCommit() }))
    if (!isGood(result)) process.exitCode = 1
  } finally {
    await split.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** How much slower the others may get. */
const largestSlowdown = 1.2

function isGood(result: Awaited<ReturnType<typeof play>>): boolean {
  return (
    result.otherPanelsFailed === 0 &&
    result.status5xx === 0 &&
    result.refusals > 0 &&
    result.openRefusalMs < 50 &&
    result.recoverySeconds <= 5 &&
    result.otherPanelsP95Ms <= result.baselineP95Ms * largestSlowdown
  )
}

await main()
