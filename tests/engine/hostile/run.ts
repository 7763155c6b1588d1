/**
 * Runs hostile cases against the standalone gateway in a process of its own. An idle process of the same program is the
 * control: how long its event loop is blocked in the same time is subtracted. Honest requests run beside each case.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { expectData, type HostileCase } from './case.ts'
import { hostileContents } from './answers.ts'
import { hostileEntities } from './entity-answers.ts'
import { hostileDocuments } from './documents.ts'
import { hostileHttp } from './http-answers.ts'
import { hostileLargeAnswers } from './large-answers.ts'
import { hostileLargeRequests } from './large-requests.ts'
import { ask, closeClient, isProgram, startProgram, type Program } from './program.ts'
import { hostileReloads } from './reloads.ts'
import { hostileRequests } from './requests.ts'
import { hostileSupergraphs, tryHostileSupergraph } from './supergraphs.ts'
import { openHostileWorld, type HostileWorld } from './world.ts'

export interface CaseReport {
  readonly name: string
  /** How long the event loop was blocked at most, beyond the control, in milliseconds. */
  readonly blockedMs: number
  readonly hasCrashed: boolean
  /** Why the case failed. */
  readonly failure: string | undefined
}

export interface HostileReport {
  readonly cases: number
  readonly blockedMsMax: number
  readonly crashes: number
  readonly failures: readonly CaseReport[]
  /** The longest block of the idle control. */
  readonly controlMsMax: number
}

export interface HostileOptions {
  readonly isShort?: boolean
  /** Runs the cases whose name contains it. */
  readonly only?: string
  readonly onReport?: (report: CaseReport) => void
}

const honestQuery = '{ books { title note } }'
const honestData = {
  books: ['1', '2', '3'].map((id) => ({ title: `title ${id}`, note: `note ${id}` })),
}
/** Short limits, so that slow services are given up on soon. */
const programArgs = ['--timeout', '1000', '--poll', '100ms']
const honestEveryMs = 25

export async function runHostile(options: HostileOptions = {}): Promise<HostileReport> {
  const world = await openHostileWorld()
  const running = await openRunning(world)
  const reports: CaseReport[] = []
  const note = (report: CaseReport) => {
    reports.push(report)
    options.onReport?.(report)
  }
  const isChosen = (each: { readonly name: string; readonly isShort?: boolean }) =>
    (!options.isShort || each.isShort === true) && each.name.includes(options.only ?? '')
  try {
    const all = [
      ...hostileDocuments,
      ...hostileRequests,
      ...hostileLargeRequests,
      ...hostileContents,
      ...hostileLargeAnswers,
      ...hostileEntities,
      ...hostileHttp,
      ...hostileReloads,
    ]
    for (const each of all.filter(isChosen)) note(await running.run(each))
    for (const each of hostileSupergraphs.filter(isChosen)) note(await runSupergraph(each, world))
  } finally {
    await running.stop()
    world.close()
    await closeClient()
  }
  return {
    cases: reports.length,
    blockedMsMax: Math.max(0, ...reports.map(({ blockedMs }) => blockedMs)),
    crashes: reports.filter(({ hasCrashed }) => hasCrashed).length,
    failures: reports.filter(({ failure }) => failure !== undefined),
    controlMsMax: running.controlMsMax(),
  }
}

async function runSupergraph(
  supergraph: Parameters<typeof tryHostileSupergraph>[0],
  world: HostileWorld,
): Promise<CaseReport> {
  const name = `a supergraph: ${supergraph.name}`
  try {
    const { hasCrashed } = await tryHostileSupergraph(supergraph, { world })
    return { name, blockedMs: 0, hasCrashed, failure: undefined }
  } catch (error) {
    return { name, blockedMs: 0, hasCrashed: false, failure: messageOf(error) }
  }
}

async function openRunning(world: HostileWorld) {
  const start = async (): Promise<Program> => {
    const started = await startProgram(world.supergraphFile, programArgs)
    if (!isProgram(started)) throw new Error(`The program did not start: ${started.complaints}`)
    return warmUp(started)
  }
  let program = await start()
  const control = await start()
  let controlMsMax = 0
  return {
    controlMsMax: () => controlMsMax,
    run: async ({ name, attack }: HostileCase): Promise<CaseReport> => {
      await Promise.all([program.longestBlockMs(), control.longestBlockMs()])
      const attacked = runBeside(program, () => attack({ url: program.url, world }))
      const failure = await attacked.then(() => undefined, messageOf)
      const blocked = await program.longestBlockMs()
      const idle = (await control.longestBlockMs()) ?? 0
      controlMsMax = Math.max(controlMsMax, idle)
      const hasCrashed = blocked === undefined
      const complaints = program.complaints()
      if (hasCrashed) program = await start()
      return {
        name,
        blockedMs: Math.max(0, Math.round((blocked ?? 0) - idle)),
        hasCrashed,
        failure: hasCrashed ? `${failure ?? 'It crashed.'} ${complaints}` : failure,
      }
    },
    stop: async () => {
      await Promise.all([program.stop(), control.stop()])
    },
  }
}

/** Runs everything once that costs more the first time, as in a process that has served for a minute. */
async function warmUp(program: Program): Promise<Program> {
  for (let round = 0; round < 30; round += 1) {
    expectData(await ask(program.url, honestQuery), honestData)
    await ask(program.url, `{ books { a${round}: title } }`)
    await ask(program.url, '{ nothing }')
  }
  await program.longestBlockMs()
  return program
}

/** Sends honest requests until the attack has ended, and one after it; each must be answered. */
async function runBeside(program: Program, attack: () => Promise<void>): Promise<void> {
  let hasEnded = false
  const honest = async (): Promise<void> => {
    do {
      expectData(await ask(program.url, honestQuery), honestData)
      await delay(honestEveryMs)
    } while (!hasEnded)
    expectData(await ask(program.url, honestQuery), honestData)
  }
  const attacked = attack().finally(() => (hasEnded = true))
  const [ended, beside] = await Promise.allSettled([attacked, honest()])
  if (ended.status === 'rejected') throw ended.reason
  if (beside.status === 'rejected') {
    throw new Error(`An honest request beside it: ${messageOf(beside.reason)}`)
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
