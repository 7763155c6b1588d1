/**
 * `npm run bench:router:endure -- [--minutes N] [--distinct N]`: one compiled gateway under full load while clients
 * hang up, subgraphs die and come back, and ever new operations arrive. It must neither grow nor fall: the last
 * line is JSON, and the exit code is 1 unless memory stayed within a tenth and everything was asked.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startGateway, type GatewayKind, type RunningGateway } from './gateways.ts'
import { openDeep } from './graphs.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    distinct: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '30' },
  },
})

const repository = new URL('../../..', import.meta.url).pathname
const kind: GatewayKind = {
  name: 'compiled, calls shared',
  directory: repository,
  // A rejection that nobody handles ends the process, and with it this test.
  command: (file, port) => [
    '--unhandled-rejections=strict',
    ...['--import', 'tsx', join(repository, 'router/src/engine/standalone/main.ts')],
    ...['--supergraph', file, '--port', String(port), '--share', 'calls'],
  ],
}

/** Enough that they keep their pace although each waits its turn behind the full load. */
const inventors = 48

interface Counts {
  answered: number
  partial: number
  aborted: number
  distinct: number
  failed: number
}

const counts: Counts = { answered: 0, partial: 0, aborted: 0, distinct: 0, failed: 0 }
const graph = await openDeep()
const file = join(mkdtempSync(join(tmpdir(), 'endure-')), 'deep.graphql')
writeFileSync(file, graph.supergraphSdl)
const gateway = await startGateway(kind, file, undefined)
const startedAt = performance.now()
const durationMs = Number(values.minutes) * 60_000
const mostDistinct = Number(values.distinct)
const isOver = () => performance.now() > startedAt + durationMs

async function ask(query: string): Promise<void> {
  try {
    const answer = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    // Errors come first in an answer; parsing all of it would only take the machine from the gateway.
    const isPartial = (await answer.text()).startsWith('{"errors"')
    if (isPartial) counts.partial += 1
    else counts.answered += 1
  } catch {
    counts.failed += 1
  }
}

async function keepAsking(): Promise<void> {
  while (!isOver()) await ask(graph.query)
}

/** Ever new operations, at a pace that has sent all of them when the time is over. */
async function keepInventing(): Promise<void> {
  while (!isOver() && counts.distinct < mostDistinct) {
    counts.distinct += 1
    const number = counts.distinct
    const dueAt = startedAt + (number / mostDistinct) * durationMs * 0.97
    await setTimeout(Math.max(0, dueAt - performance.now()))
    await ask(`{ me { a${number}: name username } }`)
  }
}

/** Clients that leave before the answer comes. */
async function keepHangingUp({ url }: RunningGateway): Promise<void> {
  while (!isOver()) {
    const call = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
    call.on('error', () => undefined)
    call.end(JSON.stringify({ query: graph.query }))
    await setTimeout(5)
    call.destroy()
    counts.aborted += 1
  }
}

async function keepKilling(): Promise<void> {
  const services = [...graph.replayed.urls.keys()]
  for (let index = 0; !isOver(); index += 1) {
    await setTimeout(3000)
    graph.replayed.kill(services[index % services.length] ?? '')
    await setTimeout(1000)
    graph.replayed.revive()
  }
}

async function sampleMemory({ pid }: RunningGateway): Promise<number[]> {
  const samples: number[] = []
  while (!isOver()) {
    await setTimeout(1000)
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  }
  return samples
}

function medianOf(samples: readonly number[]): number {
  return [...samples].sort((left, right) => left - right)[Math.floor(samples.length / 2)] ?? NaN
}

const [memory] = await Promise.all([
  sampleMemory(gateway),
  keepKilling(),
  ...Array.from({ length: inventors }, keepInventing),
  keepHangingUp(gateway),
  ...Array.from({ length: Number(values.connections) }, keepAsking),
])
await gateway.stop()
graph.replayed.close()
// The first third is warm-up: caches fill and the heap finds its size.
const settled = memory.slice(Math.floor(memory.length / 3))
const half = Math.floor(settled.length / 2)
const before = medianOf(settled.slice(0, half))
const after = medianOf(settled.slice(half))
const growth = Math.round((after / before - 1) * 1000) / 1000
process.stdout.write(
  `${JSON.stringify({ ...counts, rssMbBefore: Math.round(before), rssMbAfter: Math.round(after), growth })}\n`,
)
const isComplete = counts.distinct === mostDistinct && counts.failed === 0
process.exitCode = growth <= 0.1 && isComplete ? 0 : 1
