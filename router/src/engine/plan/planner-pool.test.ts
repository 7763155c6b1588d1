import { readFileSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { afterAll, expect, it } from '@jest/globals'
import type { EngineOptions } from '../engine.ts'
import { openEngine } from '../testing/engine.ts'
import type { PlanObserver } from '../operations.ts'
import { execute, executeRaw } from '../testing/request.ts'
import { startSubgraphs, type TestSubgraph } from '../testing/subgraphs.ts'
import { createPlannerPool, type PlannerPool } from './planner-pool.ts'
import { keepPlans } from './stored-plans.ts'

/** Two services that know the same fields of five types: the planner multiplies the options of each. */
const types = [0, 1, 2, 3, 4]
const state = (own: string) => `type St @key(fields: "id") {
  id: ID! label: String @shareable deep: F @shareable ${own}: Int
}
interface F { id: ID! state: St }
${types.map((n) => `type T${n} implements F @key(fields: "id") { id: ID! state: St @shareable }`).join('\n')}`
const exploding: Record<string, TestSubgraph> = {
  a: {
    sdl: `type Query { f: [F] fine: String }
      interface F { id: ID! }
      ${types.map((n) => `type T${n} implements F @key(fields: "id") { id: ID! }`).join('\n')}`,
    resolvers: { Query: { fine: () => 'fine' } },
  },
  b0: { sdl: state('own0') },
  b1: { sdl: state('own1') },
}
const explodingQuery = '{ f { state { label deep { state { label own0 } } } } }'

const pools: PlannerPool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

async function open(options: Partial<EngineOptions<unknown>> = {}, mostProcesses = 2) {
  const planners = createPlannerPool({ mostProcesses })
  pools.push(planners)
  const notices: Parameters<PlanObserver>[0][] = []
  const engine = await openEngine({
    ...startSubgraphs(exploding),
    planners,
    onPlan: (notice) => notices.push(notice),
    ...options,
  })
  return { engine, notices }
}

/** Plans until the client leaves, whatever the time. */
const patient: Partial<EngineOptions<unknown>> = {
  planTimeLimitMs: 600_000,
  signal: (context) => (context as { signal?: AbortSignal }).signal,
  caller: (context) => (context as { caller?: string }).caller,
}

it('gives planners a lower priority than its own', async () => {
  const { engine } = await open()
  await engine.plan('{ fine }')
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
  expect(children.map((pid) => getPriority(Number(pid)))).toContain(
    constants.priority.PRIORITY_BELOW_NORMAL,
  )
})

it('plans and serves other requests while a plan is under way', async () => {
  // Neither limit ends the plan: it ends when its client leaves, after the others were answered.
  const planners = createPlannerPool({ mostProcesses: 2, heapMb: 4_096 })
  pools.push(planners)
  const { engine, notices } = await open({ ...patient, planners })
  const leaving = new AbortController()
  const context = { signal: leaving.signal }
  const abandoned = executeRaw(engine, { query: explodingQuery, context }).catch(
    (error: unknown) => (error as Error).message,
  )
  const answers = await Promise.all([
    execute(engine, { query: '{ fine }' }),
    execute(engine, { query: '{ other: fine }' }),
  ])
  expect(answers.map(({ data }) => data)).toEqual([{ fine: 'fine' }, { other: 'fine' }])
  expect(notices.map(({ outcome }) => outcome)).toEqual(['planned', 'planned'])
  leaving.abort()
  expect(await abandoned).toMatch('client left')
}, 120_000)

it('refuses a plan that takes too long, and replaces its planner', async () => {
  const { engine, notices } = await open({}, 1)
  const refused = { extensions: { code: 'PLAN_TOO_COMPLEX' } }
  await expect(executeRaw(engine, { query: explodingQuery })).rejects.toMatchObject(refused)
  // The refusal is remembered.
  await expect(executeRaw(engine, { query: explodingQuery })).rejects.toMatchObject(refused)
  expect(notices.map(({ outcome }) => outcome)).toEqual(['too_complex'])
  expect((await execute(engine, { query: '{ fine }' })).data).toEqual({ fine: 'fine' })
}, 120_000)

it('plans an operation once for all requests that wait for it', async () => {
  const { engine, notices } = await open()
  const query = '{ fine again: fine }'
  const answers = await Promise.all([1, 2, 3].map(() => execute(engine, { query })))
  expect(answers.map(({ data }) => data)).toEqual(Array(3).fill({ fine: 'fine', again: 'fine' }))
  expect(notices).toHaveLength(1)
}, 120_000)

it('stops planning when the last client that waits has left', async () => {
  const { engine, notices } = await open(patient, 1)
  const [first, second] = [new AbortController(), new AbortController()]
  const leaving = [first, second].map(({ signal }) =>
    executeRaw(engine, { query: explodingQuery, context: { signal } }).catch(
      (error: unknown) => (error as Error).message,
    ),
  )
  first.abort()
  expect(await leaving[0]).toMatch('client left')
  second.abort()
  expect(await leaving[1]).toMatch('client left')
  // The only planner is free again.
  expect((await execute(engine, { query: '{ fine }' })).data).toEqual({ fine: 'fine' })
  expect(notices.map(({ outcome }) => outcome)).toEqual(['cancelled', 'planned'])
}, 120_000)

it('leaves a planner to others, whatever one caller asks for', async () => {
  const { engine, notices } = await open(patient)
  const leaving = new AbortController()
  const ask = (query: string, caller: string) =>
    executeRaw(engine, { query, context: { signal: leaving.signal, caller } })
  const abandoned = ['one', 'two', 'three'].map((name) =>
    ask(`query ${name} ${explodingQuery}`, 'user:mallory').catch(
      (error: unknown) => (error as Error).message,
    ),
  )
  await ask('{ fine }', 'user:ada')
  await ask('{ other: fine }', 'user:bob')
  // Both were planned while the first of these was under way.
  expect(notices.map(({ outcome }) => outcome)).toEqual(['planned', 'planned'])
  leaving.abort()
  expect(await Promise.all(abandoned)).toEqual(Array(3).fill(expect.stringMatching('client left')))
}, 120_000)

it('takes stored plans without a planner, and plans again for another supergraph', async () => {
  const query = 'query Two { fine } query One { one: fine }'
  const keeping = keepPlans(createPlannerPool({ mostProcesses: 1 }))
  pools.push(keeping)
  const named = 'query Three { fine }'
  const known = [{ document: query, operationName: 'One' }, { document: named }]
  await open({ planners: keeping, known })
  const storedPlans = keeping.stored()
  const closed = createPlannerPool()
  await closed.close()
  const { engine } = await open({ planners: closed, storedPlans, known })
  expect((await execute(engine, { query, operationName: 'One' })).data).toEqual({ one: 'fine' })
  // The name of the only operation changes nothing.
  for (const chosen of [{}, { operationName: 'Three' }]) {
    expect((await execute(engine, { query: named, ...chosen })).data).toEqual({ fine: 'fine' })
  }
  const others = startSubgraphs({ a: { sdl: 'type Query { fine: String }' } })
  const other = await open({ ...others, planners: closed, storedPlans })
  await expect(executeRaw(other.engine, { query: '{ fine }' })).rejects.toThrow('closed')
}, 120_000)

it('refuses a plan that takes too much memory', async () => {
  const planners = createPlannerPool({ mostProcesses: 1, heapMb: 96 })
  pools.push(planners)
  const { engine } = await open({ planners, planTimeLimitMs: 600_000 })
  await expect(executeRaw(engine, { query: explodingQuery })).rejects.toMatchObject({
    extensions: { code: 'PLAN_TOO_COMPLEX' },
  })
  expect((await execute(engine, { query: '{ fine }' })).data).toEqual({ fine: 'fine' })
}, 120_000)

it('refuses a document that expands to too much, before anything walks it', async () => {
  const { engine, notices } = await open()
  const doubling = Array.from(
    { length: 14 },
    (_, n) => `fragment A${n} on F{...A${n + 1} ...A${n + 1}}`,
  )
  const query = `{f{...A0}} ${doubling.join(' ')} fragment A14 on F{id}`
  await expect(executeRaw(engine, { query })).rejects.toMatchObject({
    extensions: { code: 'QUERY_TOO_COMPLEX' },
  })
  expect(notices.map(({ outcome }) => outcome)).toEqual(['failed'])
}, 120_000)
