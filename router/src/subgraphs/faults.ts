import { setTimeout as delay } from 'node:timers/promises'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { Router } from 'express'
import { z } from 'zod'
import { noteEvent } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { exchangeOf } from '../edge/request-context.ts'
import { SubgraphFailure } from './failure.ts'

const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slow'), delayMs: z.number().int().min(1).max(30_000) }),
  z.object({ kind: z.literal('kill') }),
  z.object({ kind: z.literal('error') }),
])

/** What an operator makes a subgraph suffer: it answers late, not at all, or with an error of its server. */
export type Fault = z.infer<typeof fault>

/** Suffers the fault that is set for a subgraph, if any, before it is called. */
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
      if (set) await suffer(name, set, timeoutMs)
    },
    set: (name, set) => {
      if (set) faults.set(name, set)
      else faults.delete(name)
    },
    list: () => Object.fromEntries(faults),
  }
}

async function suffer(name: SubgraphName, set: Fault, timeoutMs: number): Promise<void> {
  if (set.kind === 'kill') throw new SubgraphFailure(`${name} is switched off.`, 'connection')
  if (set.kind === 'error') throw new SubgraphFailure(`${name} is made to fail.`, 'injected')
  await delay(Math.min(set.delayMs, timeoutMs))
  if (set.delayMs >= timeoutMs) throw new SubgraphFailure(`${name} is made slow.`, 'timeout')
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
export function createFaultDoor(faults: Faults): Router {
  const door = Router()
  door.get('/', (_request, response) => {
    response.json({ faults: faults.list() })
  })
  door.put('/:subgraph', (request, response) => {
    const subgraph = readName(request.params.subgraph)
    const set = readFault(request.body)
    faults.set(subgraph, set)
    const extra = { subgraph, kind: set.kind }
    noteEvent(exchangeOf(response), { action: 'fault.set', outcome: 'ok', extra })
    response.json({ faults: faults.list() })
  })
  door.delete('/:subgraph', (request, response) => {
    const subgraph = readName(request.params.subgraph)
    faults.set(subgraph, undefined)
    const extra = { subgraph }
    noteEvent(exchangeOf(response), { action: 'fault.cleared', outcome: 'ok', extra })
    response.json({ faults: faults.list() })
  })
  return door
}
