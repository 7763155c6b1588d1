/**
 * `npm run bench:router -- [--seconds N] [--rounds N] [--connections N] [--no-peers]`: the stock executor, the
 * compiled one with nothing, calls or whole requests shared, and Hive Gateway, in alternating runs. The main
 * figure is the gateway's CPU milliseconds per request. The last line is JSON.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installHive, ownGateways, startGateway, type GatewayKind } from './gateways.ts'
import { openDeep, openFlagship, type MeasuredGraph } from './graphs.ts'
import { answerOf, measure, type Figures } from './measure.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    peers: { type: 'boolean', default: true },
  },
  allowNegative: true,
})

type Table = ReadonlyMap<string, Figures>

const folder = mkdtempSync(join(tmpdir(), 'bench-router-'))
const hiveFolder = join(tmpdir(), 'bench-router-hive')
const rounds = Number(values.rounds)
const many = { connections: Number(values.connections), seconds: Number(values.seconds) }
const single = { connections: 1, seconds: Math.max(2, many.seconds / 2) }

/** Keeps this process and the subgraphs in it away from the gateway's core. */
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
  core: number | undefined,
): Promise<{ many: Table; single: Table }> {
  const file = join(folder, `${graph.name}.graphql`)
  writeFileSync(file, graph.supergraphSdl)
  const samples = new Map<string, { many: Figures[]; single: Figures[] }>()
  let expected: string | undefined
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      const gateway = await startGateway(kind, file, core)
      try {
        const answer = await answerOf(gateway, graph)
        expected ??= answer
        if (answer !== expected) throw new Error(`${kind.name} answers something else.`)
        const sample = samples.get(kind.name) ?? { many: [], single: [] }
        samples.set(kind.name, sample)
        sample.many.push(await measure(gateway, graph, many))
        if (round === 0) sample.single.push(await measure(gateway, graph, single))
      } finally {
        await gateway.stop()
      }
    }
  }
  process.stdout.write(`\n${graph.name}: answer of ${expected?.length ?? 0} bytes\n`)
  const table = (pick: 'many' | 'single'): Table =>
    new Map([...samples].map(([name, sample]) => [name, median(sample[pick])]))
  return { many: table('many'), single: table('single') }
}

function median(samples: readonly Figures[]): Figures {
  const middle = (pick: (figures: Figures) => number) => {
    const sorted = samples.map(pick).sort((left, right) => left - right)
    return sorted[Math.floor(sorted.length / 2)] ?? NaN
  }
  return {
    cpuMs: middle((figures) => figures.cpuMs),
    rps: middle((figures) => figures.rps),
    p50: middle((figures) => figures.p50),
    p99: middle((figures) => figures.p99),
    rssMb: middle((figures) => figures.rssMb),
    callsPerRequest: middle((figures) => figures.callsPerRequest),
    failures: Math.max(0, ...samples.map((figures) => figures.failures)),
  }
}

function print(title: string, table: Table): void {
  process.stdout.write(`${title}\n`)
  const head = ['cpu ms/req', 'rps', 'p50 ms', 'p99 ms', 'rss MB', 'calls/req', 'failures']
  process.stdout.write(`${''.padEnd(28)}${head.map((each) => each.padStart(11)).join('')}\n`)
  for (const [name, figures] of table) {
    const { cpuMs, rps, p50, p99, rssMb, callsPerRequest, failures } = figures
    const cells = [
      ...[cpuMs.toFixed(2), rps.toFixed(0), p50.toFixed(1), p99.toFixed(1)],
      ...[rssMb.toFixed(0), callsPerRequest.toFixed(2), String(failures)],
    ]
    process.stdout.write(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(11)).join('')}\n`)
  }
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

/** A ratio with an unknown part is unknown; JSON has no other word for it than null. */
const known = (value: number) => (Number.isFinite(value) ? round(value) : null)

const round = (value: number) => Math.round(value * 100) / 100

const core = claimCores()
const kinds = [...ownGateways, ...(values.peers ? installHive(hiveFolder) : [])]
process.stdout.write(
  `node ${process.version}, load ${loadavg().map(round).join(' ')}, ${many.connections} connections, ${many.seconds} s, ${rounds} rounds, --max-semi-space-size=64, gateway on ${core === undefined ? 'any core' : `core ${core}`}\n`,
)
const deepGraph = await openDeep()
const deep = await benchGraph(deepGraph, kinds, core)
deepGraph.replayed.close()
print(`${many.connections} connections`, deep.many)
print('one connection', deep.single)
const flagshipGraph = await openFlagship()
const flagship = await benchGraph(flagshipGraph, ownGateways, core)
flagshipGraph.replayed.close()
print(`${many.connections} connections`, flagship.many)
print('one connection', flagship.single)
const [stockOne, ownOne] = ['stock', 'compiled, nothing shared'].map((name) =>
  deep.single.get(name),
)
process.stdout.write(
  `${JSON.stringify({
    deep: {
      cpuRatioVsStock: ratio(deep.many, 'stock', 'compiled, calls shared'),
      cpuRatioVsStockNothingShared: ratio(deep.many, 'stock', 'compiled, nothing shared'),
      cpuRatioVsBestJs: bestPeerRatio(deep.many),
      p50RatioAtOneConnection: stockOne && ownOne ? known(stockOne.p50 / ownOne.p50) : null,
    },
    flagship: { cpuRatioVsStock: ratio(flagship.many, 'stock', 'compiled, nothing shared') },
  })}\n`,
)
