/** Runs the scenarios of `bench:router` with every gateway, and compares their CPU with that of ours. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  type GatewayKind,
  ownGateways,
  type RunningGateway,
  standalone,
  startGateway,
} from './gateways.ts'
import type { MeasuredGraph } from './graphs.ts'
import {
  answerOf,
  type Column,
  describe,
  type Figures,
  type Load,
  measure,
  median,
} from './measure.ts'
import { type Scenario, type ScenarioName, scenarios } from './scenarios.ts'

export interface ScenarioBench {
  readonly load: Omit<Load, 'column'>
  readonly rounds: number
  readonly peers: readonly GatewayKind[]
  readonly core?: number | undefined
  readonly print: (text: string) => void
}

/** CPU of the peers over ours where nobody shares (`dedup`: where all do); null for a peer that cannot run it. */
export type ScenarioFigures = {
  readonly cpuMs: number
  readonly vsStock: number | null
  readonly vsHive: number | null
  readonly vsNative: number | null
  readonly p50: number
  readonly rssMb: number
  readonly failures: number
  /** How late our event loop was (p99.9), and before the load. */
  readonly loopP999Ms?: number
  readonly idleLoopP999Ms?: number
}

const idleMs = 3_000
const loopFile = join(tmpdir(), `bench-router-loop-${process.pid}`)

/** Our gateway with a watch on its event loop. */
const watched = ({ name }: GatewayKind): GatewayKind => ({
  name,
  command: (files, port) => {
    const [node = '', ...line] = standalone(files, port, '--share', 'calls')
    const watch = fileURLToPath(new URL('loop-watch.js', import.meta.url))
    return [node, '--import', watch, ...line]
  },
  directory: fileURLToPath(new URL('../../..', import.meta.url)),
  environment: { LOOP_WATCH_FILE: loopFile },
})

async function takeLoopDelay({ pid }: RunningGateway): Promise<number> {
  rmSync(loopFile, { force: true })
  process.kill(pid, 'SIGUSR2')
  while (!existsSync(loopFile) || readFileSync(loopFile, 'utf8') === '') await delay(20)
  return Math.round(Number(readFileSync(loopFile, 'utf8')) * 10) / 10
}

interface Run {
  readonly graph: MeasuredGraph
  readonly scenario: Scenario
  readonly samples: Map<string, Figures[]>
  readonly loop: { idle: number; loaded: number }
  /** What the first gateway answered to the first request. */
  expected?: string
}

async function runOnce(kind: GatewayKind, run: Run, { load, core }: ScenarioBench): Promise<void> {
  const { graph, scenario, samples, loop } = run
  const isWatched = scenario.watchesLoop === true && kind.name === scenario.own
  const gateway = await startGateway(isWatched ? watched(kind) : kind, graph.files, core)
  try {
    const answer = await answerOf(gateway, graph)
    run.expected ??= answer
    if (answer !== run.expected) throw new Error('it returned another response')
    for (const column of scenario.columns) {
      const own = { ...load, column, connections: scenario.connections ?? load.connections }
      if (isWatched) {
        await takeLoopDelay(gateway)
        await delay(idleMs)
        loop.idle = Math.max(loop.idle, await takeLoopDelay(gateway))
      }
      const figures = await measure(gateway, graph, own)
      if (isWatched) loop.loaded = Math.max(loop.loaded, await takeLoopDelay(gateway))
      const key = `${column} ${kind.name}`
      samples.set(key, [...(samples.get(key) ?? []), figures])
    }
  } finally {
    await gateway.stop()
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

async function runScenario(scenario: Scenario, bench: ScenarioBench): Promise<ScenarioFigures> {
  const graph = await scenario.open()
  const run: Run = { graph, scenario, samples: new Map(), loop: { idle: 0, loaded: 0 } }
  const own = ownGateways.filter(({ name }) => name === scenario.own || name === 'stock')
  try {
    let kinds = [...own, ...bench.peers]
    for (let count = 0; count < bench.rounds; count += 1) {
      for (const kind of kinds) {
        try {
          await runOnce(kind, run, bench)
        } catch (error) {
          kinds = kinds.filter((other) => other !== kind)
          bench.print(`${graph.name}: ${kind.name} is left out: ${String(error)}\n`)
        }
      }
    }
  } finally {
    graph.close()
  }
  const table = new Map([...run.samples].map(([name, samples]) => [name, median(samples)]))
  bench.print(`\n${graph.name}\n${describe(table)}`)
  const judged: Column = scenario.columns.at(-1) ?? 'different'
  const ours = table.get(`${judged} ${scenario.own}`)
  if (!ours) throw new Error(`${graph.name}: our gateway answers wrongly.`)
  const over = (...names: string[]): number | null => {
    const found = names.flatMap((name) => table.get(`${judged} ${name}`) ?? [])
    const ratios = found
      .filter(({ failures }) => failures === 0)
      .map(({ cpuMs }) => cpuMs / ours.cpuMs)
    return ratios.length > 0 ? round(Math.min(...ratios)) : null
  }
  return {
    cpuMs: round(ours.cpuMs),
    vsStock: over('stock'),
    vsHive: over('hive', 'hive with router runtime'),
    vsNative: over('grafbase'),
    p50: round(ours.p50),
    rssMb: Math.round(ours.rssMb),
    failures: ours.failures,
    ...(scenario.watchesLoop && {
      loopP999Ms: run.loop.loaded,
      idleLoopP999Ms: run.loop.idle,
    }),
  }
}

export async function measureScenarios(
  names: readonly ScenarioName[],
  bench: ScenarioBench,
): Promise<Partial<Record<ScenarioName, ScenarioFigures>>> {
  const found: Partial<Record<ScenarioName, ScenarioFigures>> = {}
  for (const name of names) found[name] = await runScenario(scenarios[name], bench)
  return found
}
