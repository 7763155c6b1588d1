/**
 * A call that completes entities: collects the objects to complete, requests each distinct entity once, and merges the
 * reply into every object that it belongs to. One call may hold several `_entities` fields.
 */
import type { GraphQLFormattedError } from 'graphql'
import { isData, isList, read, write, type Data } from '../data.ts'
import { mergeInto, applyRewrites } from '../merge/merge.ts'
import { planBatch, type BatchPlan } from '../plan/calls.ts'
import type { FetchUnit } from '../plan/graph.ts'
import {
  listOf,
  representField,
  representInTurns,
  compileEntityField,
  type Representations,
  type EntityField,
} from './entity-field.ts'
import { isInterfaceNamed } from '../schema-types.ts'
import { SubgraphFault } from '../transport.ts'
import { openTurns } from '../turns.ts'
import { costOf } from '../write/cost.ts'
import { tooLarge } from '../write/in-turns.ts'
import { bodyHead, sendCall, variableMembers } from './send.ts'
import type { ConcretePath } from './find.ts'
import { mostEntities, openPlaces, placesOf, reportError, reportFailure } from './errors.ts'
import { unreadable, type ReplyContent } from './reply.ts'
import { isConcrete, type CallSetting } from './root-call.ts'
import type { Run, Step } from './run.ts'

interface EntityCall extends CallSetting {
  readonly batch: BatchPlan
  readonly fields: readonly EntityField[]
  /** Body heads: for each field alone, and for all fields together. */
  readonly heads: readonly string[]
  readonly head: string
}

export function compileEntityCall(units: readonly FetchUnit[], setting: CallSetting): Step {
  const batch = planBatch(units)
  const name = setting.facts.operationName
  const call: EntityCall = {
    ...setting,
    batch,
    fields: batch.fields.map((field) => compileEntityField(field, setting)),
    heads: batch.fields.map((field) => bodyHead(field.unit.text, field.unit.operationName)),
    head: bodyHead(batch.text, name),
  }
  return (run) => {
    if (run.size > mostAtOnce) return runLarge(call, run)
    const representations = call.fields.map((field) => representField(field, run))
    const active = representations.filter((each) => isActive(call, run, each))
    return active.length === 0 ? undefined : runCall(call, run, active)
  }
}

/** Replies of so many bytes may hold some ten thousand entities; those of larger ones are read in turns. */
const mostAtOnce = 256 * 1024
/** The most entities of one call. */
const mostRepresentations = 250_000

/** Whether entities are requested; reports those that cannot be. */
function isActive(call: EntityCall, run: Run, representations: Representations): boolean {
  const { field, texts, refused } = representations
  if (refused.length > 0) {
    const places = placesOf(run.root, field.paths, refused)
    const message = `The service "${call.facts.service}" was not asked for an entity: a number is too large.`
    const failure = new SubgraphFault(message, 'INVALID_GRAPHQL')
    reportFailure(run, call.scope, places, field.fetched, failure)
  }
  return texts.length > 0
}

async function runLarge(call: EntityCall, run: Run): Promise<void> {
  const pause = openTurns()
  const active: Representations[] = []
  for (const field of call.fields) {
    const representations = await representInTurns(field, run, pause)
    if (isActive(call, run, representations)) active.push(representations)
  }
  await pause(true)
  if (active.length > 0) await runCall(call, run, active)
}

async function runCall(
  call: EntityCall,
  run: Run,
  active: readonly Representations[],
): Promise<void> {
  // When only one field has entities, its own operation is sent instead of the batched one.
  const [first] = active
  const alone = active.length === 1 ? first : undefined
  try {
    refuseMany(call, active)
    const body = alone ? soloBody(call, run, alone) : batchBody(call, run, active)
    const content = await sendCall(call.calls, call.facts, body, run)
    if (!alone && !content.data) {
      // One field failed and nulled the data of all: each is requested again alone. These are reads only.
      await Promise.all(active.map((representations) => runCall(call, run, [representations])))
      return
    }
    for (const representations of active) {
      const alias = alone ? '_entities' : representations.field.alias
      await mergeEntities(call, run, representations, content, alias)
    }
    reportErrors(call, run, active, content.errors)
  } catch (failure) {
    for (const representations of active) reportFieldFailure(call, run, representations, failure)
  }
}

function soloBody(call: EntityCall, run: Run, representations: Representations): string {
  const { field } = representations
  const members = variableMembers(field.unit.variables, run.variables)
  members.push(`"representations":${listOf(representations)}`)
  return `${call.heads[call.fields.indexOf(field)] ?? ''}${members.join(',')}}}`
}

function batchBody(call: EntityCall, run: Run, active: readonly Representations[]): string {
  const members = variableMembers(call.batch.variables, run.variables)
  for (const field of call.fields) {
    const representations = active.find((each) => each.field === field)
    members.push(`${JSON.stringify(field.variable)}:${listOf(representations)}`)
  }
  return `${call.head}${members.join(',')}}}`
}

function refuseMany({ facts }: EntityCall, active: readonly Representations[]): void {
  const count = active.reduce((sum, { texts }) => sum + texts.length, 0)
  if (count <= mostRepresentations) return
  throw new SubgraphFault(
    `The service "${facts.service}" was not asked for ${count} entities; a call may hold ${mostRepresentations}.`,
  )
}

/** A promise where there is much to merge. */
function mergeEntities(
  call: EntityCall,
  run: Run,
  representations: Representations,
  content: ReplyContent,
  alias: string,
): Promise<void> | undefined {
  const { data } = content
  // Without data, the errors of the reply are reported instead.
  if (!data) return undefined
  const received = read(data, alias)
  if (!isList(received) || received.length !== representations.texts.length) {
    if (content.errors.length === 0) {
      reportFieldFailure(call, run, representations, unreadable(call.facts.service))
    }
    return undefined
  }
  const isLarge = run.size > mostAtOnce || positionsOf(representations) * content.size > mostGrowth
  if (isLarge) return mergeInTurns(call, run, representations, content, received)
  representations.members.forEach((members, index) => {
    const own = ownEntity(call, representations.field, members, received[index], content.isShared)
    if (own) giveTo(representations.field, members, own, members.length)
  })
  return undefined
}

/** Copies of a reply at all positions of its entities, in bytes, that are made at once. */
const mostGrowth = 16 * 1024 * 1024
/** How many values are merged between two looks at the clock. */
const lookEvery = 1_000
/** The most values that are copied in one request: a large entity may be shown at very many positions. */
const mostCopied = 5_000_000

function positionsOf({ members }: Representations): number {
  return members.reduce((sum, { length }) => sum + length, 0)
}

async function mergeInTurns(
  call: EntityCall,
  run: Run,
  { field, members: all }: Representations,
  { isShared }: ReplyContent,
  received: readonly unknown[],
): Promise<void> {
  const pause = openTurns()
  let left = lookEvery
  for (const [index, members] of all.entries()) {
    const own = ownEntity(call, field, members, received[index], isShared)
    if (!own) continue
    const size = members.length > 1 ? costOf(own, mostCopied) : 1
    run.copied += size * (members.length - 1)
    if (run.copied > mostCopied) throw tooLarge()
    const step = Math.max(1, Math.floor(lookEvery / size))
    for (let from = 0; from < members.length; from += step) {
      const some = members.slice(from, from + step)
      giveTo(field, some, own, members.length - from)
      left -= size * some.length
      if (left > 0) continue
      left = lookEvery
      await pause()
    }
  }
}

/** The entity that a call has brought; its data may be given away once. */
function ownEntity(
  call: EntityCall,
  field: EntityField,
  [first]: readonly Data[],
  received: unknown,
  isShared: boolean,
): Data | undefined {
  if (!isData(received)) return undefined
  const known = field.mayReturnInterface ? keepType(call, received) : received
  if (field.assign) return known
  const own = isShared ? field.copy(known) : known
  const { outputRewrites } = field.unit
  if (outputRewrites.length > 0) {
    if (read(own, '__typename') === undefined && first) {
      write(own, '__typename', read(first, '__typename'))
    }
    applyRewrites(call.schema, outputRewrites, own)
  }
  return own
}

/** The name of an interface must not replace the concrete type that is known already. */
function keepType(call: EntityCall, entity: Data): Data {
  const isInterface = isInterfaceNamed(call.schema, entity['__typename'])
  return isInterface ? { ...entity, __typename: undefined } : entity
}

/** Merges an entity into objects; the last of all that are left takes it, the others take copies. */
function giveTo(field: EntityField, members: readonly Data[], own: Data, left: number): void {
  members.forEach((member, index) => {
    if (field.assign) field.assign(member, own)
    else mergeInto(member, index === left - 1 ? own : field.copy(own))
  })
}

function reportFieldFailure(
  call: EntityCall,
  run: Run,
  representations: Representations,
  failure: unknown,
): void {
  const places = placesOf(run.root, representations.field.paths, firstOf([representations]))
  reportFailure(run, call.scope, places, representations.field.fetched, failure)
}

/** The first objects that a call completes. */
function firstOf(active: readonly Representations[]): Data[] {
  const first: Data[] = []
  for (const { members } of active) {
    for (const each of members) {
      if (first.length >= mostEntities) return first
      first.push(...each.slice(0, mostEntities))
    }
  }
  return first
}

function reportErrors(
  call: EntityCall,
  run: Run,
  active: readonly Representations[],
  errors: readonly Partial<GraphQLFormattedError>[],
): void {
  if (errors.length === 0) return
  const found = errors.map((error) => locateError(active, error.path))
  const first = firstOf(active)
  const wanted = new Set(first)
  for (const each of found) {
    const members = each?.representations.members[each.index] ?? []
    for (const member of members.slice(0, mostEntities)) wanted.add(member)
  }
  const paths = active.flatMap(({ field }) => field.paths)
  const placesOfAll = openPlaces(run.root, paths, wanted)
  errors.forEach((error, index) => {
    const own = found[index]
    // An error without the path of an entity is reported at the first entity of the call.
    const entities = own
      ? (own.representations.members[own.index] ?? []).slice(0, mostEntities)
      : first
    const bases = placesOfAll(entities).map((place) => place.path)
    reportError(run, call.scope, error, own ? bases : bases.slice(0, 1), own?.rest ?? [])
  })
}

function locateError(
  active: readonly Representations[],
  path: unknown,
): { representations: Representations; index: number; rest: ConcretePath } | undefined {
  if (!isConcrete(path)) return undefined
  const [alias, index, ...rest] = path
  const [first] = active
  const representations =
    active.length === 1 && alias === '_entities'
      ? first
      : active.find(({ field }) => field.alias === alias)
  return representations && typeof index === 'number' ? { representations, index, rest } : undefined
}
