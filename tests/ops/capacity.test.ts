import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { usualHabits } from '../../ops/capacity/assumptions.ts'
import {
  compareWithModel,
  type Cost,
  costBy,
  type MeasuredCosts,
  operationNames,
  type OperationCosts,
  processNames,
} from '../../ops/capacity/costs.ts'
import { loadOfOrders, loadOfUsers, type Plan, planOf } from '../../ops/capacity/plan.ts'
import { describe as describePlan, short } from '../../ops/capacity/tables.ts'
import { walls, wallsOf } from '../../ops/capacity/walls.ts'

const nothing = costBy(() => 0)
const cost = (parts: Partial<Cost>): Cost => ({ ...nothing, ...parts })

const call = { router: 2, user: 3, store: 4, readUnits: 5, redisCommands: 6, bytes: 1_000 }
const operations = {
  ...Object.fromEntries(operationNames.map((name) => [name, cost(call)])),
  order: cost({ ...call, order: 10, writeUnits: 20 }),
} as OperationCosts

/** A sample that was made up for this test. */
const sample: MeasuredCosts = {
  date: '2026-01-01',
  commit: 'none',
  operations,
  stream: cost({ router: 0.1, bytes: 500 }),
  rest: cost({ router: 10, user: 10, inventory: 20, readUnits: 2, writeUnits: 3 }),
  mix: { calls: { panel: 1 }, cost: cost(call) },
}

const users = (count: number): Plan => planOf(loadOfUsers(count), sample)
const orders = (perSecond: number): Plan => planOf(loadOfOrders(perSecond), sample)

/** What a load uses, without what the platform does by itself. */
function caused(plan: Plan): Cost {
  const sets = Math.max(...Object.values(plan.processes))
  return costBy((name) => plan.perSecond[name] - sets * sample.rest[name])
}

const counts = fc.double({ min: 1, max: 1e8, noNaN: true })

describe('the model of capacity', () => {
  it.each([
    ['users', users],
    ['orders', orders],
  ])('needs no less for more %s', (_name, plan) => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [less, more] = [plan(Math.min(one, other)), plan(Math.max(one, other))]
        for (const name of processNames) {
          expect(more.processes[name]).toBeGreaterThanOrEqual(less.processes[name])
        }
        expect(more.monthly.total).toBeGreaterThanOrEqual(less.monthly.total)
        expect(more.redisPrimaries).toBeGreaterThanOrEqual(less.redisPrimaries)
        for (const wall of walls) expect(wall.use(more)).toBeGreaterThanOrEqual(wall.use(less))
      }),
    )
  })

  it('causes twice the units, commands and bytes for twice the load', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const [once, twice] = [caused(users(count)), caused(users(2 * count))]
        for (const name of ['readUnits', 'writeUnits', 'redisCommands', 'bytes'] as const) {
          expect(twice[name] / once[name]).toBeCloseTo(2, 6)
        }
      }),
    )
  })

  it('computes a load of orders by hand', () => {
    const { perSecond, processes, monthly, storedGbPerMonth } = orders(1_000)
    // 10 ms of an order in 1,000 of them, on cores of 600 ms: 16.7; the router: 2 of 2 calls, of 590 ms.
    expect(processes).toMatchObject({ order: 17, router: 7, user: 11, cny: 2 })
    // 20 of the order and 8 of its verification, and 17 times what is written at rest.
    expect(perSecond.writeUnits).toBe(28_000 + 17 * 3)
    expect(perSecond.readUnits).toBe(14_000 + 17 * 2)
    const millions = 2.592
    expect(monthly.storeUnits).toBeCloseTo(millions * (28_051 * 0.625 + 14_034 * 0.125), 6)
    expect(storedGbPerMonth).toBeCloseTo(2_592_000 * 2e-3, 6)
  })

  it('pays units by their average and processes by the busiest moment', () => {
    const [load, plan] = [loadOfUsers(1e6), users(1e6)]
    expect(load.averageShare).toBeCloseTo(0.2)
    const atPeakAllDay = planOf({ ...load, averageShare: 1 }, sample).monthly
    expect(atPeakAllDay.processes).toBe(plan.monthly.processes)
    expect(atPeakAllDay.egress / plan.monthly.egress).toBeCloseTo(5, 6)
  })

  it('finds each wall where its use reaches the ceiling, the nearest first', () => {
    const found = wallsOf(sample)
    expect(found.length).toBeGreaterThanOrEqual(5)
    expect(found.map(({ users: count }) => count)).toEqual(
      found.map(({ users: count }) => count).toSorted((a, b) => a - b),
    )
    for (const { wall, users: count } of found) {
      expect(wall.use(users(count))).toBeGreaterThanOrEqual(wall.ceiling)
      expect(wall.use(users(count * 0.99))).toBeLessThan(wall.ceiling)
    }
  })

  it('agrees with the ceilings that the READMEs state', () => {
    const ordersOf = (name: string) =>
      wallsOf(sample).find(({ wall }) => wall.name === name)?.orders
    expect(ordersOf('the counts of the verifier')).toBeCloseTo(500, -1)
    expect((ordersOf('a partition of the index unverified') ?? 0) / 4_000).toBeCloseTo(1, 2)
    // 2,000 limit orders a second of one side of one asset, at 2.5 % of all orders.
    expect((ordersOf('a partition of the index waiting') ?? 0) / 80_000).toBeCloseTo(1, 2)
  })

  it.each([
    [0, '0'],
    [0.0213, '0.0213'],
    [999.6, '1 k'],
    [12_345, '12.3 k'],
    [2e9, '2 G'],
    [Infinity, '-'],
  ])('prints %d as %s', (value, text) => {
    expect(short(value)).toBe(text)
  })
})

const read = (name: string): string =>
  readFileSync(new URL(`../../ops/${name}`, import.meta.url), 'utf8')
const measured = JSON.parse(read('capacity/costs.json')) as MeasuredCosts

describe('the measured costs', () => {
  it('predict the mix of operations that was measured apart from them', () => {
    const ratios = compareWithModel(measured.operations, measured.mix)
    const bounds = {
      modelCpuRatio: 1.5,
      modelRedisCommandsRatio: 1.5,
      modelReadUnitsRatio: 1.25,
      modelWriteUnitsRatio: 1.25,
    }
    for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
      expect(ratios[name]).toBeGreaterThan(1 / bounds[name])
      expect(ratios[name]).toBeLessThan(bounds[name])
    }
  })

  it('make the figures of the README', () => {
    expect(read('README.md')).toContain(
      `\`\`\`text\n${describePlan(measured, usualHabits).join('\n')}\n\`\`\``,
    )
  })
})
