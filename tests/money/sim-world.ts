import { type Clock, toIso } from '@cnop/kit/clock'
import { Contention, DomainError, OutcomeUnknown } from '@cnop/kit/errors'
import { usd } from '@cnop/kit/money'
import { newAccount } from '@cnop/ledger/account'
import { createGate } from '@cnop/ledger/gate'
import { post } from '@cnop/ledger/post'
import { execute, hashInput, type Ports } from '@cnop/ledger/protocol'
import { createQueue, type Queue } from '@cnop/ledger/queue'
import { createRandom, type Random } from './random.ts'
import { createSchedule, type Schedule } from './schedule.ts'
import { checkRows, simulatedBlock } from './sim-check.ts'
import { type Plan, type PlanBugs, type Planner, type Receipt, startMs } from './sim-plan.ts'
import { drawPlan, planExpired } from './sim-plans.ts'
import { openRecurringRows } from './sim-recurring.ts'
import {
  createRows,
  idOf,
  OrderMoved,
  type OrderRow,
  type OrderWrite,
  type Rows,
  type StoreBugs,
} from './sim-rows.ts'
import { createSimulatedStore, StoreSilent } from './sim-store.ts'
import { checkVerification, verifyRound } from './sim-verifier.ts'

/** An injected bug, to verify that the checks find it. */
export interface Mutant extends StoreBugs, PlanBugs {
  readonly name: string
  /** The seed that found a rare one last, which is tried first. */
  readonly foundBy?: number
  readonly post?: typeof post
}

class Crashed extends Error {}

interface Process {
  isDead: boolean
  readonly crash: () => void
  /** Rejects when the process crashes: its callers lose their connection. */
  readonly crashed: Promise<never>
  readonly queue: Queue
  readonly ports: Ports<OrderWrite, string, OrderRow>
}

interface World {
  readonly random: Random
  readonly schedule: Schedule
  readonly rows: Rows
  readonly now: Clock
  readonly mutant: Partial<Mutant>
  readonly processes: Process[]
  readonly failures: string[]
  readonly acknowledged: Map<string, string>
  readonly refused: Set<string>
  readonly newEntryId: () => string
}

/** The hold is shorter than a simulation, so that red pockets become withdrawable within it. */
const limits = { deposit: usd('1000.00'), withdrawal: usd('500.00'), redPocketHoldMs: 600_000 }
const usernames = ['alice', 'bob'] as const
const processCount = 3
const clientCount = 4
const commandsPerClient = 10
const maxSends = 12
const longestStepMs = 20_000
/** Nothing happens for some hours, so that trades are of several days; less in all than a key is kept. */
const longestRestMs = 22 * 3_600_000
const mostRests = 2

function openProcess(world: World, index: number): Process {
  let reject: (error: Error) => void = () => undefined
  const crashed = new Promise<never>((_resolve, refuse) => {
    reject = refuse
  })
  crashed.catch(() => undefined)
  const client = {
    isDead: false,
    crash: () => {
      client.isDead = true
      reject(new Crashed())
      // The supervisor starts a replacement with an empty queue and no state.
      world.processes[index] = openProcess(world, index)
    },
  }
  const { rows, random, schedule, mutant } = world
  const ports = {
    store: createSimulatedStore({ rows, random, schedule, bugs: mutant }, client),
    post: mutant.post ?? post,
    gate: createGate(),
    now: world.now,
    newEntryId: world.newEntryId,
    limits,
    blockSize: simulatedBlock,
    maxAttempts: 25,
    pause: () => schedule.turn(client),
    onViolation: (violation: Error) => world.failures.push(`violation: ${violation.message}`),
    onSetback: () => undefined,
  }
  return Object.assign(client, { crashed, queue: createQueue(100), ports })
}

function createWorld(seed: number, mutant: Partial<Mutant>): World {
  const random = createRandom(seed)
  let nowMs = startMs
  let ids = 0
  let rests = 0
  const schedule = createSchedule(random, () => {
    nowMs += random.below(longestStepMs)
    if (rests === mostRests || !random.happens(0.01)) return
    rests += 1
    nowMs += random.below(longestRestMs)
  })
  const world: World = {
    random,
    schedule,
    rows: createRows(),
    now: () => nowMs,
    mutant,
    processes: [],
    failures: [],
    acknowledged: new Map(),
    refused: new Set(),
    newEntryId: () => `ent_${(ids += 1)}`,
  }
  for (let index = 0; index < processCount; index += 1) {
    world.processes.push(openProcess(world, index))
  }
  for (const username of usernames) {
    world.rows.accounts.set(username, newAccount(username))
    plantExpiredGuard(world, planExpired(username))
    for (const row of openRecurringRows(username)) world.rows.orders.set(row.id, row)
  }
  return world
}

/** The store deletes expired rows at any time; until then they must count as absent. */
function plantExpiredGuard({ rows }: World, plan: Plan): void {
  const result = JSON.stringify({ entryId: 'ent_forgotten' })
  const row = { inputHash: hashInput(plan), result, expiresAtMs: startMs }
  rows.guards.set(idOf(plan.username, plan.key), row)
}

const sendTo = (process: Process, plan: Plan): Promise<Receipt> =>
  Promise.race([
    process.queue.run(plan.username, () => execute(process.ports, plan, plan.decide)),
    process.crashed,
  ])

type Reply = 'acknowledged' | 'refused' | 'nothing happened' | 'unknown'

function judge(world: World, plan: Plan, outcome: PromiseSettledResult<Receipt>): Reply {
  if (outcome.status === 'fulfilled') return acknowledge(world, plan, outcome.value)
  const error: unknown = outcome.reason
  if (error instanceof Crashed || error instanceof OutcomeUnknown) return 'unknown'
  if (error instanceof Contention || error instanceof StoreSilent) return 'nothing happened'
  if (error instanceof DomainError || error instanceof OrderMoved) return 'refused'
  world.failures.push(`${plan.name}: ${String(error)}`)
  return 'refused'
}

function acknowledge({ acknowledged, failures }: World, plan: Plan, receipt: Receipt): Reply {
  const id = idOf(plan.username, plan.key)
  const before = acknowledged.get(id)
  if (before !== undefined && before !== receipt.entryId) {
    failures.push(`${id} has two different responses`)
  }
  acknowledged.set(id, receipt.entryId)
  return 'acknowledged'
}

/** Sends a command until its outcome is known, sometimes to two processes at once, as impatient clients do. */
async function perform(world: World, plan: Plan): Promise<void> {
  const { random, processes } = world
  let isCertain = !plan.isShared
  for (let send = 1; send <= maxSends; send += 1) {
    const copies = random.happens(0.2) ? 2 : 1
    const chosen = Array.from({ length: copies }, () => random.pick(processes))
    const outcomes = await Promise.allSettled(chosen.map((process) => sendTo(process, plan)))
    const replies = outcomes.map((outcome) => judge(world, plan, outcome))
    if (replies.includes('acknowledged')) return reuse(world, plan)
    if (copies > 1 || replies.includes('unknown')) isCertain = false
    const isRefused = replies.includes('refused') || (isCertain && random.happens(0.3))
    if (!isRefused) continue
    if (isCertain) world.refused.add(idOf(plan.username, plan.key))
    return
  }
}

/** Occasionally reuses a key for another input, which must be refused. */
async function reuse({ random, processes, failures }: World, plan: Plan): Promise<void> {
  if (!random.happens(0.1)) return
  try {
    await sendTo(random.pick(processes), { ...plan, input: { other: true } })
    failures.push(`${plan.key} was accepted for another input`)
  } catch {
    // Refused.
  }
}

async function behave(world: World, planner: Planner): Promise<void> {
  for (let command = 0; command < commandsPerClient; command += 1) {
    await world.schedule.turn({ isDead: false })
    await perform(world, drawPlan(planner))
  }
}

const verifierCount = 2
const longestPause = 30

/** Verifies new entries while money moves, concurrently with another verifier, as after a lost lease. */
async function watchOver(world: World, isOver: () => boolean): Promise<void> {
  const { random, schedule, rows, mutant, failures } = world
  const turn = (): Promise<void> => schedule.turn({ isDead: false })
  for (;;) {
    for (let pause = random.below(longestPause); pause > 0; pause -= 1) await turn()
    if (isOver()) return
    failures.push(...(await verifyRound(rows, mutant, { turn, random })))
  }
}

export interface SeedReport {
  readonly failures: readonly string[]
  readonly applied: number
  readonly endedAt: string
}

/** One seed: clients, processes and a store that fail in every known way, and all checks at the end. */
export async function runSeed(seed: number, mutant: Partial<Mutant> = {}): Promise<SeedReport> {
  const world = createWorld(seed, mutant)
  let keys = 0
  const planner: Planner = {
    random: world.random,
    bugs: mutant,
    usernames,
    newKey: () => `key-${(keys += 1)}`,
    orders: () => [...world.rows.orders.values()],
    now: world.now,
    ticks: new Map(),
    filling: {},
  }
  let finished = 0
  const tasks = [
    ...usernames.map((username) => perform(world, planExpired(username))),
    ...Array.from({ length: clientCount }, () => behave(world, planner)),
  ].map((task) => task.then(() => (finished += 1)))
  const isOver = (): boolean => finished === tasks.length
  for (let verifier = 0; verifier < verifierCount; verifier += 1) void watchOver(world, isOver)
  await world.schedule.run()
  if (finished < tasks.length) world.failures.push('a client received no response')
  const failures = [
    ...world.failures,
    ...checkRows(world.rows, world, limits),
    ...(await checkVerification(world.rows, mutant)),
  ]
  return { failures, applied: world.rows.applied.length, endedAt: toIso(world.now()) }
}
