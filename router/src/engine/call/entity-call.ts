/**
 * A call that completes entities: collects the objects that wait, asks once for each different one, and
 * hands what came back to every object that asked. One call may serve several lists of entities (slots).
 */
import type { GraphQLFormattedError } from 'graphql'
import { isData, isList, read, write } from '../data.ts'
import type { Data } from '../data.ts'
import { mergeInto } from '../merge/merge.ts'
import { applyRewrites } from '../merge/rewrites.ts'
import type { BatchPlan } from '../plan/calls.ts'
import { planBatch } from '../plan/calls.ts'
import type { FetchUnit } from '../plan/graph.ts'
import { askFor } from './ask.ts'
import type { Asked } from './ask.ts'
import { bodyHead, sendCall, variableMembers } from './send.ts'
import type { ConcretePath } from './entities.ts'
import { placesOf, reportError, reportFailure } from './errors.ts'
import type { Place } from './errors.ts'
import { unreadable } from './reply.ts'
import { isConcrete } from './root-call.ts'
import type { FetchSetting } from './root-call.ts'
import type { Run, Step } from './run.ts'
import type { SharedAnswer } from './share.ts'
import { compileSlot, isInterfaceNamed } from './entity-field.ts'
import type { Slot } from './entity-field.ts'

interface EntityFetch extends FetchSetting {
  readonly batch: BatchPlan
  readonly slots: readonly Slot[]
  /** Body heads: for each slot alone, and for all of them together. */
  readonly heads: readonly string[]
  readonly head: string
}

export function compileEntityFetch(units: readonly FetchUnit[], setting: FetchSetting): Step {
  const batch = planBatch(units)
  const name = setting.facts.operationName
  const fetch: EntityFetch = {
    ...setting,
    batch,
    slots: batch.slots.map((slot) => compileSlot(slot, setting)),
    heads: batch.slots.map((slot) => bodyHead(slot.unit.text, slot.unit.operationName)),
    head: bodyHead(batch.text, name),
  }
  return (run) => {
    const asked = fetch.slots.map((slot) => askFor(slot, run))
    const active = asked.filter(({ texts }) => texts.length > 0)
    return active.length === 0 ? undefined : runFetch(fetch, run, active)
  }
}

async function runFetch(fetch: EntityFetch, run: Run, active: readonly Asked[]): Promise<void> {
  // A slot without entities is not worth its place: a single other one is asked under its own text.
  const [first] = active
  const alone = active.length === 1 ? first : undefined
  try {
    const body = alone ? soloBody(fetch, run, alone) : batchBody(fetch, run, active)
    const shared = await sendCall(fetch.calls, fetch.facts, body, run)
    if (!alone && !shared.answer.data) {
      // One list that broke took the others with it: each is asked again by itself. These are only reads.
      await Promise.all(active.map((asked) => runFetch(fetch, run, [asked])))
      return
    }
    for (const asked of active) {
      mergeSlot(fetch, run, asked, shared, alone ? '_entities' : asked.slot.alias)
    }
    reportErrors(fetch, run, active, shared.answer.errors)
  } catch (failure) {
    for (const asked of active) reportSlotFailure(fetch, run, asked, failure)
  }
}

function soloBody(fetch: EntityFetch, run: Run, { slot, texts }: Asked): string {
  const members = variableMembers(slot.unit.variables, run.variables)
  members.push(`"representations":[${texts.join(',')}]`)
  return `${fetch.heads[fetch.slots.indexOf(slot)] ?? ''}${members.join(',')}}}`
}

function batchBody(fetch: EntityFetch, run: Run, active: readonly Asked[]): string {
  const members = variableMembers(fetch.batch.variables, run.variables)
  for (const slot of fetch.slots) {
    const texts = active.find((asked) => asked.slot === slot)?.texts ?? []
    members.push(`${JSON.stringify(slot.variable)}:[${texts.join(',')}]`)
  }
  return `${fetch.head}${members.join(',')}}}`
}

function mergeSlot(
  fetch: EntityFetch,
  run: Run,
  asked: Asked,
  shared: SharedAnswer,
  alias: string,
): void {
  const { data } = shared.answer
  // Without data the answer's errors say all there is to say.
  if (!data) return
  const received = read(data, alias)
  if (!isList(received) || received.length !== asked.texts.length) {
    if (shared.answer.errors.length === 0) {
      reportSlotFailure(fetch, run, asked, unreadable(fetch.facts.service))
    }
    return
  }
  asked.members.forEach((members, index) => {
    const entity = received[index]
    if (!isData(entity)) return
    const known = asked.slot.canAnswerInterface ? keepType(fetch, entity) : entity
    mergeEntity(fetch, asked.slot, members, known, shared.isShared)
  })
}

/** The name of an interface must not replace the concrete type that is already known. */
function keepType(fetch: EntityFetch, entity: Data): Data {
  const isInterface = isInterfaceNamed(fetch.schema, entity['__typename'])
  return isInterface ? { ...entity, __typename: undefined } : entity
}

function mergeEntity(
  fetch: EntityFetch,
  slot: Slot,
  members: readonly Data[],
  received: Data,
  isShared: boolean,
): void {
  if (slot.assign) {
    for (const member of members) slot.assign(member, received)
    return
  }
  const own = isShared ? slot.copy(received) : received
  const { outputRewrites } = slot.unit
  if (outputRewrites.length > 0) {
    const [first] = members
    if (read(own, '__typename') === undefined && first) {
      write(own, '__typename', read(first, '__typename'))
    }
    applyRewrites(fetch.schema, outputRewrites, own)
  }
  members.forEach((member, index) => {
    mergeInto(member, index === members.length - 1 ? own : slot.copy(own))
  })
}

function reportSlotFailure(fetch: EntityFetch, run: Run, asked: Asked, failure: unknown): void {
  const places = placesOf(run.root, asked.slot.paths, asked.members.flat())
  reportFailure(run, fetch.scope, places, asked.slot.brought, failure)
}

function reportErrors(
  fetch: EntityFetch,
  run: Run,
  active: readonly Asked[],
  errors: readonly Partial<GraphQLFormattedError>[],
): void {
  for (const error of errors) {
    const found = locateError(active, error.path)
    const places = found
      ? placesOf(run.root, found.asked.slot.paths, found.asked.members[found.index] ?? [])
      : entityPlaces(run, active)
    const bases = places.map((place) => place.path)
    reportError(run, fetch.scope, error, found ? bases : bases.slice(0, 1), found?.rest ?? [])
  }
}

/** An error of no particular entity is reported at the first entity that the call was made for. */
function entityPlaces(run: Run, active: readonly Asked[]): Place[] {
  return active.flatMap((asked) => placesOf(run.root, asked.slot.paths, asked.members.flat()))
}

function locateError(
  active: readonly Asked[],
  path: unknown,
): { asked: Asked; index: number; rest: ConcretePath } | undefined {
  if (!isConcrete(path)) return undefined
  const [alias, index, ...rest] = path
  const [first] = active
  const asked =
    active.length === 1 && alias === '_entities'
      ? first
      : active.find(({ slot }) => slot.alias === alias)
  return asked && typeof index === 'number' ? { asked, index, rest } : undefined
}
