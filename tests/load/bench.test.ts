import { expect, it } from '@jest/globals'
import type { Split } from '../../ops/split/split.ts'
import { measureAuth } from './auth.ts'
import { measureBaseline } from './baseline.ts'
import { inNewFolder } from './bench.ts'
import { measureEdge } from './edge.ts'
import { growthLimits, measureGrowth } from './growth.ts'
import { meterStore } from './growth/meters.ts'
import { measureLimits } from './limits.ts'
import { measureRest } from './rest.ts'
import { measureRouter } from './router/bench.ts'
import { measureEndurance } from './router/endure.ts'
import { ownGateways } from './router/gateways.ts'
import { measureScenarios } from './router/run-scenarios.ts'
import { measureStream, onSplit } from './stream.ts'
import { budget, measureWeb } from './web.ts'
import { patient } from '../world/world.ts'

/** Short forms of the benchmarks: each runs and returns its figures; no time is asserted. */
const figure: unknown = expect.any(Number)

function expectPositive(figures: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const wrong = names.filter((name) => !((figures[name] as number) > 0))
  expect([wrong, figures]).toEqual([[], figures])
}

it('bench:edge passes every request through the guards, in memory and over Redis', async () => {
  const figures = await measureEdge(300)
  expect(figures).toMatchObject({ requests: 300, guardCpuMs: figure, guardCpuMsRedis: figure })
  expectPositive(figures, ['onCpuMs', 'offCpuMs'])
})

it('bench:auth verifies tokens and calls, signs in, and compares both refusals', async () => {
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const figures = await measureAuth({ accounts: 2, signIns: 6, calls: 100, print })
  expect(lines).toHaveLength(1)
  expectPositive(figures, ['verifyCpuMs', 'signatureCpuMs', 'signInsPerSecond'])
  expect(figures.timingGapPercent).toBeGreaterThanOrEqual(0)
})

it('bench:rest runs the shim and its operation on one server', async () => {
  const figures = await measureRest({ rounds: 2, perRound: 40, warmUp: 40 })
  expect(figures).toMatchObject({ requests: 160, shimCpuMs: figure })
  expectPositive(figures, ['restCpuMs', 'graphqlCpuMs'])
})

it('bench:limits accepts exactly the limit through two routers', async () => {
  // If the window ends during the run, the result proves nothing. The next run starts a window of a minute.
  const attempt = () => measureLimits({ requests: 260, limit: 200 })
  const first = await attempt()
  const figures = first.verdict === 'unknown' ? await attempt() : first
  expect(figures).toMatchObject({
    sent: 260,
    passed: 200,
    refused: 60,
    headersMissing: 0,
    placesTwice: 0,
    verdict: 'pass',
  })
})

it('bench:stream counts ticks, and bench:growth compares users, on one platform', async () => {
  const options = { streams: 6, idsEach: 5, warmUpSeconds: 0, seconds: 3, seed: 1 }
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const small = { users: 4, entries: [10, 100, 300], pressSeconds: 1 }
  const effort = { samples: 1, share: 0.1, restSeconds: 0.5 }
  const growth = { ...small, effort, streams: 8, streamSteps: 1, streamSeconds: 2, print }
  const limits = { ...growthLimits(8), ...patient, LEDGER_VERIFY_INTERVAL_MS: '500' }
  await inNewFolder(async (directory) => {
    const store = meterStore()
    const measure = async (split: Split) => {
      const figures = await measureStream(split, options)
      expect(figures).toMatchObject({ streams: 6, idsEach: 5, holes: 0, seed: 1 })
      expectPositive(figures, ['ticks', 'tickP50Ms', 'tickP95Ms', 'tickP99Ms'])
      return measureGrowth(split, store, growth)
    }
    const { figures: grown, costs } = await onSplit(directory, limits, measure, store.reach)
    await store.stop()
    expect(grown).toMatchObject({ strangersFailed: 0, streamsOnOneCore: figure })
    // In seconds, CPU and commands may be no more than those at rest, which are subtracted.
    const ratios = ['historyYear', 'historyMonth', 'rareFilter', 'firstPage', 'order', 'exportMb']
    for (const name of ratios) expect(grown).toHaveProperty(`${name}Ratio`, figure)
    expect(Object.keys(grown)).toContain('verifierLagSeconds')
    expect(costs.operations.order).toMatchObject({ router: figure, redisCommands: figure })
    expectPositive(costs.operations.order, ['writeUnits', 'bytes'])
    expectPositive(costs.stream, ['bytes'])
    // A few calls beside the writes of a platform at rest: only the long form says how right the model is.
    expect(grown).toHaveProperty('modelWriteUnitsRatio', figure)
  })
  expect(lines.filter((line) => line.startsWith('history'))).toHaveLength(2)
})

it('bench:web visits the dashboard, which keeps to its requests and bytes', async () => {
  const lines: string[] = []
  const print = (line: string): void => void lines.push(line)
  const { pages } = await measureWeb({ pages: ['dashboard'], runs: 1, restMs: 500, print })
  expect(lines).toHaveLength(1)
  expectPositive({ ...pages.dashboard }, ['requests', 'wireKb', 'lcpMs', 'inpMs'])
  const { requests, wireKb, cls } = pages.dashboard!
  const isOver = [requests > budget.requests, wireKb > budget.wireKb, cls > budget.cls]
  expect([isOver, pages]).toEqual([[false, false, false], pages])
})

it('bench:router compares gateways on both graphs', async () => {
  // Without the warm-up, a gateway on a busy machine would plan its first request for the whole second.
  const load = { column: 'equal', connections: 2, seconds: 2, warmUpSeconds: 1 } as const
  const kinds = ownGateways.filter(({ name }) => /^stock$|nothing shared/.test(name))
  const lines: string[] = []
  const figures = await measureRouter({
    ...{ many: load, single: { ...load, connections: 1 }, rounds: 1, kinds, ownKinds: kinds },
    print: (text) => void lines.push(text),
  })
  expect(lines).toHaveLength(6)
  expect(figures).toMatchObject({ failures: 0 })
  expectPositive(figures.deep, ['cpuRatioVsStockNothingShared', 'p50RatioAtOneConnection'])
  expectPositive(figures.flagship, ['cpuRatioVsStock'])
})

it('bench:router runs scenarios', async () => {
  const names = ['small', 'manyPlans'] as const
  const lines: string[] = []
  const load = { connections: 2, seconds: 1, warmUpSeconds: 0 }
  const bench = { load, rounds: 1, peers: [], print: (text: string) => void lines.push(text) }
  const found = await measureScenarios(names, bench)
  expect(lines).toHaveLength(names.length)
  for (const name of names) {
    // The median is in whole milliseconds, and a small answer takes less than half of one.
    expect(found[name]).toMatchObject({ failures: 0, vsHive: null, vsNative: null, p50: figure })
    expectPositive(found[name] ?? {}, ['cpuMs', 'vsStock', 'rssMb'])
  }
  expectPositive(found.manyPlans ?? {}, ['loopP999Ms', 'idleLoopP999Ms'])
})

it('bench:router:endure sends requests, attacks, disconnects and stops subgraphs', async () => {
  const options = { durationMs: 4_000, distinct: 20, connections: 2, calmMs: 500 }
  const figures = await measureEndurance(options)
  expect(figures).toMatchObject({ distinct: 20, served: 0, failed: 0, growth: figure })
  expectPositive(figures, [
    ...['answered', 'partial', 'aborted', 'refused'],
    ...['rssMbBefore', 'rssMbAfter'],
  ])
})

it('bench:baseline starts the platform as one process and as six', async () => {
  const figures = await measureBaseline({ runs: 10, restSeconds: 0.5 })
  // In so short a rest nothing may be due.
  expect(figures).toMatchObject({ restCpuPercent: figure })
  expectPositive(figures, [
    'readySeconds',
    'rssMb',
    'flagshipP50Ms',
    'orderP50Ms',
    'flagshipSplitP50Ms',
    'orderSplitP50Ms',
  ])
})
