import { setTimeout as delay } from 'node:timers/promises'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { Router } from 'express'
import { z } from 'zod'
import { noteEvent } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { contextOf } from '../edge/request-context.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { SubgraphFailure } from './failure.ts'

const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slow'), delayMs: z.number().int().min(1).max(30_000) }),
  z.object({ kind: z.literal('kill') }),
  z.object({ kind: z.literal('error') }),
])

/** A fault that an operator injects: late responses, no responses, or server errors. */
export type Fault = z.infer<typeof fault>

/** Applies the fault that is set for a subgraph, if any, before a call. */
export type InjectFault = (name: SubgraphName, timeoutMs: number) => Promise<void>

export interface Faults {
  readonly inject: InjectFault
  set(name: SubgraphName, fault: Fault | undefined): void
  list(): Partial<Record<SubgraphName, Fault>>
}

export const injectNothing: InjectFault = () => Promise.resolve()

export function createFaults(): Faults {
  const faults = new Map<SubgraphName, Fault>()
  return {
    inject: async (name, timeoutMs) => {
      const set = faults.get(name)
      if (set) await applyFault(name, set, timeoutMs)
    },
    set: (name, set) => {
      if (set) faults.set(name, set)
      else faults.delete(name)
    },
    list: () => Object.fromEntries(faults),
  }
}

async function applyFault(name: SubgraphName, set: Fault, timeoutMs: number): Promise<void> {
  if (set.kind === 'kill')
    throw new SubgraphFailure(`${name} is disabled by a fault.`, 'connection', { isSent: false })
  if (set.kind === 'error')
    throw new SubgraphFailure(`${name} fails by a fault.`, 'injected', { isSent: false })
  await delay(Math.min(set.delayMs, timeoutMs))
  if (set.delayMs >= timeoutMs)
    throw new SubgraphFailure(`${name} is slowed by a fault.`, 'timeout', { isSent: false })
}

function readName(text: unknown): SubgraphName {
  const name = subgraphNames.find((known) => known === text)
  if (!name) throw new Refusal('NOT_FOUND', 'There is no such subgraph.')
  return name
}

function readFault(body: unknown): Fault {
  const parsed = fault.safeParse(body)
  if (parsed.success) return parsed.data
  const reason =
    'must be { kind: "slow", delayMs: 1 to 30000 }, { kind: "kill" } or { kind: "error" }'
  throw new Refusal('BAD_USER_INPUT', `fault: ${reason}`, { details: { field: 'fault', reason } })
}

/** The fault panel: `GET /`, `PUT /:subgraph`, `DELETE /:subgraph`. It exists in the demo profile only. */
export function createFaultEndpoint(faults: Faults, fleet: Fleet): Router {
  // A client's next request may reach any router.
  const setForAll = fleet.view('fault', ({ name, set }: { name: SubgraphName; set?: Fault }) => {
    faults.set(name, set)
    return faults.list()
  })
  const router = Router()
  router.get('/', (_request, response) => {
    response.json({ faults: faults.list() })
  })
  router.put('/:subgraph', async (request, response) => {
    const subgraph = readName(request.params.subgraph)
    const set = readFault(request.body)
    const { missing } = await setForAll({ name: subgraph, set })
    const extra = { subgraph, kind: set.kind }
    noteEvent(contextOf(response), { action: 'fault.set', outcome: 'ok', extra })
    response.json({ faults: faults.list(), missing })
  })
  router.delete('/:subgraph', async (request, response) => {
    const subgraph = readName(request.params.subgraph)
    const { missing } = await setForAll({ name: subgraph })
    const extra = { subgraph }
    noteEvent(contextOf(response), { action: 'fault.cleared', outcome: 'ok', extra })
    response.json({ faults: faults.list(), missing })
  })
  return router
}
