/**
 * `npm run bench:router -- [--seconds N] [--rounds N] [--connections N] [--no-peers] [--scenarios NAMES]`: the stock executor,
 * the compiled one with nothing, calls or whole requests shared, Hive Gateway, and Grafbase's native server in the
 * scenarios, in alternating runs. The main figure is the gateway's CPU milliseconds per request. The last line is JSON.
 */
import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ownGateways, runPackage, startGateway, type GatewayKind } from './gateways.ts'
import { openDeep, openFlagship, type MeasuredGraph } from './graphs.ts'
import { answerOf, describe, measure, median, type Figures, type Load } from './measure.ts'
import { installPeers } from './peers.ts'
import { measureScenarios } from './run-scenarios.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'

type Table = ReadonlyMap<string, Figures>

export interface RouterBench {
  readonly many: Load
  /** One connection, in the first round. */
  readonly single: Load
  readonly rounds: number
  /** Measured on the public graph. The flagship query is measured on our gateways only. */
  readonly kinds: readonly GatewayKind[]
  readonly ownKinds: readonly GatewayKind[]
  /** The core reserved for the gateways. */
  readonly core?: number | undefined
  readonly print: (text: string) => void
}

/** Moves this process and its subgraphs off the gateway's core. */
function claimCores(): number | undefined {
  if (availableParallelism() < 2) return undefined
  try {
    execFileSync('taskset', ['-cp', `1-${availableParallelism() - 1}`, String(process.pid)])
    return 0
  } catch {
    return undefined
  }
}

async function benchGraph(
  graph: MeasuredGraph,
  kinds: readonly GatewayKind[],
  { many, single, rounds, core, print }: RouterBench,
): Promise<{ many: Table; single: Table }> {
  const samples = new Map<string, { many: Figures[]; single: Figures[] }>()
  let expected: string | undefined
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      const gateway = await startGateway(kind, graph.files, core)
      try {
        const answer = await answerOf(gateway, graph)
        expected ??= answer
        if (answer !== expected) throw new Error(`${kind.name} returned another response.`)
        const sample = samples.get(kind.name) ?? { many: [], single: [] }
        samples.set(kind.name, sample)
        sample.many.push(await measure(gateway, graph, many))
        if (round === 0) sample.single.push(await measure(gateway, graph, single))
      } finally {
        await gateway.stop()
      }
    }
  }
  graph.close()
  const table = (pick: 'many' | 'single'): Table =>
    new Map([...samples].map(([name, sample]) => [name, median(sample[pick])]))
  const tables = { many: table('many'), single: table('single') }
  print(`\n${graph.name}: answer of ${expected?.length ?? 0} bytes\n`)
  print(`${many.connections} connections\n${describe(tables.many)}`)
  print(`one connection\n${describe(tables.single)}`)
  return tables
}

function ratio(table: Table, over: string, under: string): number | null {
  const [more, less] = [table.get(over), table.get(under)]
  return more && less ? known(more.cpuMs / less.cpuMs) : null
}

function bestPeerRatio(table: Table): number | null {
  const ratios = ['hive', 'hive with router runtime'].flatMap(
    (name) => ratio(table, name, 'compiled, calls shared') ?? [],
  )
  return ratios.length > 0 ? Math.min(...ratios) : null
}

/** A ratio with an unknown part is unknown, which JSON can express only as null. */
const known = (value: number) => (Number.isFinite(value) ? round(value) : null)

const round = (value: number) => Math.round(value * 100) / 100

/** Ratios of the gateways' CPU times, each from alternating runs of both. */
export async function measureRouter(options: RouterBench) {
  const deep = await benchGraph(await openDeep(), options.kinds, options)
  const flagship = await benchGraph(await openFlagship(), options.ownKinds, options)
  const [stockOne, ownOne] = ['stock', 'compiled, nothing shared'].map((name) =>
    deep.single.get(name),
  )
  const failures = [deep, flagship].flatMap(({ many, single }) =>
    [...many.values(), ...single.values()].map((figures) => figures.failures),
  )
  return {
    deep: {
      cpuRatioVsStock: ratio(deep.many, 'stock', 'compiled, calls shared'),
      cpuRatioVsStockNothingShared: ratio(deep.many, 'stock', 'compiled, nothing shared'),
      cpuRatioVsBestJs: bestPeerRatio(deep.many),
      p50RatioAtOneConnection: stockOne && ownOne ? known(stockOne.p50 / ownOne.p50) : null,
    },
    flagship: { cpuRatioVsStock: ratio(flagship.many, 'stock', 'compiled, nothing shared') },
    failures: Math.max(...failures),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '50' },
      peers: { type: 'boolean', default: true },
      scenarios: { type: 'string' },
    },
    allowNegative: true,
  })
  const print = (text: string): void => void process.stdout.write(text)
  const withWarmUp = (connections: number, seconds: number): Load => ({
    column: 'equal',
    connections,
    seconds,
    warmUpSeconds: Math.max(5, seconds / 2),
  })
  const many = withWarmUp(Number(values.connections), Number(values.seconds))
  const core = claimCores()
  runPackage(join(tmpdir(), 'bench-router-own'))
  const installed = values.peers ? installPeers(join(tmpdir(), 'bench-router-peers'), print) : []
  const peers = installed.filter(({ name }) => name.startsWith('hive'))
  print(
    `node ${process.version}, load ${loadavg().map(round).join(' ')}, ${many.connections} connections, ${many.seconds} s, ${values.rounds} rounds, --max-semi-space-size=64, gateway on ${core === undefined ? 'any core' : `core ${core}`}\n`,
  )
  const rounds = Number(values.rounds)
  const names = readScenarios(values.scenarios)
  const graphs = values.scenarios === undefined && {
    ...(await measureRouter({
      ...{ many, single: withWarmUp(1, Math.max(2, many.seconds / 2)) },
      ...{ rounds, kinds: [...ownGateways, ...peers], ownKinds: ownGateways, core, print },
    })),
  }
  const found = await measureScenarios(names, { load: many, rounds, peers: installed, core, print })
  const deep = { ...(graphs && graphs.deep), ...found.deep }
  print(`${JSON.stringify({ ...graphs, ...found, deep })}\n`)
}

/** All scenarios, or those that are named. */
function readScenarios(text: string | undefined): readonly ScenarioName[] {
  const known = Object.keys(scenarios) as ScenarioName[]
  if (text === undefined) return known
  return text.split(',').map((each) => {
    const name = known.find((other) => other === each)
    if (!name) throw new Error(`--scenarios must be some of ${known.join()}.`)
    return name
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
