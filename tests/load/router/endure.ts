/**
 * `npm run bench:router:endure -- [--minutes N] [--distinct N]`: one compiled gateway under full load while clients
 * disconnect, subgraphs stop and recover, new operations arrive, and some clients attack. The last line is JSON. The exit
 * code is 1 unless the memory stayed within a tenth, every operation was sent, every attack was refused, and no other failed.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type GatewayKind, type RunningGateway, standalone, startGateway } from './gateways.ts'
import { type MeasuredGraph, openDeep } from './graphs.ts'
import { explodingSdls } from '../../engine/hostile/world.ts'
import { hostileBody } from './hostile.ts'

const repository = new URL('../../..', import.meta.url).pathname
const kind: GatewayKind = {
  name: 'compiled, calls shared',
  directory: repository,
  command: (files, port) => standalone(files, port, '--share', 'calls'),
  // An unhandled rejection ends the process, and with it this test.
  environment: { NODE_OPTIONS: '--unhandled-rejections=strict' },
}

/** Enough concurrent clients to keep the rate, although each waits behind the full load. */
const inventors = 48

interface Counts {
  answered: number
  partial: number
  aborted: number
  distinct: number
  /** Attacks that were refused. */
  refused: number
  /** Attacks that were not refused. */
  served: number
  failed: number
}

export interface Endurance {
  readonly durationMs: number
  /** The number of new operations in the whole run. */
  readonly distinct: number
  readonly connections: number
  /** The interval between outages of one subgraph. Each lasts a second. */
  readonly calmMs: number
}

interface Run extends Endurance {
  readonly graph: MeasuredGraph
  readonly gateway: RunningGateway
  readonly counts: Counts
  readonly startedAt: number
  readonly isOver: () => boolean
}

async function ask({ gateway, counts }: Run, body: string): Promise<void> {
  try {
    const answer = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    // Errors come first in a response. Parsing all of it would only take CPU from the gateway.
    const text = await answer.text()
    if (!text.startsWith('{"errors"')) counts.answered += 1
    else if (text.includes('is unavailable."')) counts.partial += 1
    else counts.failed += 1
  } catch {
    counts.failed += 1
  }
}

async function keepAsking(run: Run): Promise<void> {
  while (!run.isOver()) await ask(run, run.graph.body(0))
}

/** Sends new operations at a constant rate until the end of the run. */
async function keepInventing(run: Run): Promise<void> {
  const { counts, startedAt, durationMs, isOver, distinct: mostDistinct } = run
  while (!isOver() && counts.distinct < mostDistinct) {
    counts.distinct += 1
    const number = counts.distinct
    const dueAt = startedAt + (number / mostDistinct) * durationMs * 0.97
    await setTimeout(Math.max(0, dueAt - performance.now()))
    await ask(run, JSON.stringify({ query: `{ me { a${number}: name username } }` }))
  }
}

/** One attack after the other, at a rate of one client in a hurry. */
async function keepAttacking({ gateway, counts, isOver }: Run): Promise<void> {
  while (!isOver()) {
    const attack = fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: hostileBody(counts.refused + counts.served),
    })
    const answer = (await attack.then((response) => response.json())) as Refusal
    const isRefused = !answer.data && answer.errors?.every(({ extensions }) => extensions?.code)
    if (isRefused) counts.refused += 1
    else counts.served += 1
    await setTimeout(100)
  }
}

interface Refusal {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** Clients that disconnect before the response. */
async function keepHangingUp({ gateway, graph, counts, isOver }: Run): Promise<void> {
  while (!isOver()) {
    const call = request(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    call.on('error', () => undefined)
    call.end(graph.body(0))
    await setTimeout(5)
    call.destroy()
    counts.aborted += 1
  }
}

async function keepKilling({ graph, calmMs, isOver }: Run): Promise<void> {
  const services = [...graph.replayed.urls.keys()]
  for (let index = 0; !isOver(); index += 1) {
    await setTimeout(calmMs)
    graph.replayed.kill(services[index % services.length] ?? '')
    await setTimeout(1000)
    graph.replayed.revive()
  }
}

async function sampleMemory({ gateway: { pid }, isOver }: Run): Promise<number[]> {
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

export async function measureEndurance(options: Endurance) {
  const exploding = Object.entries(explodingSdls).map(([name, sdl]) => [name, { sdl }] as const)
  const graph = await openDeep(Object.fromEntries(exploding))
  const gateway = await startGateway(kind, graph.files, undefined)
  const startedAt = performance.now()
  const counts: Counts = {
    answered: 0,
    partial: 0,
    aborted: 0,
    distinct: 0,
    refused: 0,
    served: 0,
    failed: 0,
  }
  const isOver = () => performance.now() > startedAt + options.durationMs
  const run: Run = { ...options, graph, gateway, counts, startedAt, isOver }
  try {
    const [memory] = await Promise.all([
      sampleMemory(run),
      keepKilling(run),
      ...Array.from({ length: inventors }, () => keepInventing(run)),
      keepHangingUp(run),
      keepAttacking(run),
      ...Array.from({ length: options.connections }, () => keepAsking(run)),
    ])
    // The first third is the warm-up: caches fill and the heap reaches its size.
    const settled = memory.slice(Math.floor(memory.length / 3))
    const half = Math.floor(settled.length / 2)
    const before = medianOf(settled.slice(0, half))
    const after = medianOf(settled.slice(half))
    const growth = Math.round((after / before - 1) * 1000) / 1000
    return { ...counts, rssMbBefore: Math.round(before), rssMbAfter: Math.round(after), growth }
  } finally {
    await gateway.stop()
    graph.close()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      distinct: { type: 'string', default: '100000' },
      connections: { type: 'string', default: '30' },
    },
  })
  const distinct = Number(values.distinct)
  const result = await measureEndurance({
    durationMs: Number(values.minutes) * 60_000,
    distinct,
    connections: Number(values.connections),
    calmMs: 3_000,
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const isComplete =
    result.distinct === distinct && result.refused > 0 && result.served + result.failed === 0
  process.exitCode = result.growth <= 0.1 && isComplete ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
