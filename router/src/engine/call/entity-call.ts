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
  representField,
  compileEntityField,
  type Representations,
  type EntityField,
} from './entity-field.ts'
import { isInterfaceNamed } from '../schema-types.ts'
import { bodyHead, sendCall, variableMembers } from './send.ts'
import type { ConcretePath } from './find.ts'
import { placesOf, reportError, reportFailure, type Place } from './errors.ts'
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
    const representations = call.fields.map((field) => representField(field, run))
    const active = representations.filter(({ texts }) => texts.length > 0)
    return active.length === 0 ? undefined : runCall(call, run, active)
  }
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
    const body = alone ? soloBody(call, run, alone) : batchBody(call, run, active)
    const content = await sendCall(call.calls, call.facts, body, run)
    if (!alone && !content.data) {
      // One field failed and nulled the data of all: each is requested again alone. These are reads only.
      await Promise.all(active.map((representations) => runCall(call, run, [representations])))
      return
    }
    for (const representations of active) {
      mergeEntities(
        call,
        run,
        representations,
        content,
        alone ? '_entities' : representations.field.alias,
      )
    }
    reportErrors(call, run, active, content.errors)
  } catch (failure) {
    for (const representations of active) reportFieldFailure(call, run, representations, failure)
  }
}

function soloBody(call: EntityCall, run: Run, { field, texts }: Representations): string {
  const members = variableMembers(field.unit.variables, run.variables)
  members.push(`"representations":[${texts.join(',')}]`)
  return `${call.heads[call.fields.indexOf(field)] ?? ''}${members.join(',')}}}`
}

function batchBody(call: EntityCall, run: Run, active: readonly Representations[]): string {
  const members = variableMembers(call.batch.variables, run.variables)
  for (const field of call.fields) {
    const texts = active.find((representations) => representations.field === field)?.texts ?? []
    members.push(`${JSON.stringify(field.variable)}:[${texts.join(',')}]`)
  }
  return `${call.head}${members.join(',')}}}`
}

function mergeEntities(
  call: EntityCall,
  run: Run,
  representations: Representations,
  content: ReplyContent,
  alias: string,
): void {
  const { data } = content
  // Without data, the errors of the reply are reported instead.
  if (!data) return
  const received = read(data, alias)
  if (!isList(received) || received.length !== representations.texts.length) {
    if (content.errors.length === 0) {
      reportFieldFailure(call, run, representations, unreadable(call.facts.service))
    }
    return
  }
  representations.members.forEach((members, index) => {
    const entity = received[index]
    if (!isData(entity)) return
    const known = representations.field.mayReturnInterface ? keepType(call, entity) : entity
    mergeEntity(call, representations.field, members, known, content.isShared)
  })
}

/** The name of an interface must not replace the concrete type that is known already. */
function keepType(call: EntityCall, entity: Data): Data {
  const isInterface = isInterfaceNamed(call.schema, entity['__typename'])
  return isInterface ? { ...entity, __typename: undefined } : entity
}

function mergeEntity(
  call: EntityCall,
  field: EntityField,
  members: readonly Data[],
  received: Data,
  isShared: boolean,
): void {
  if (field.assign) {
    for (const member of members) field.assign(member, received)
    return
  }
  const own = isShared ? field.copy(received) : received
  const { outputRewrites } = field.unit
  if (outputRewrites.length > 0) {
    const [first] = members
    if (read(own, '__typename') === undefined && first) {
      write(own, '__typename', read(first, '__typename'))
    }
    applyRewrites(call.schema, outputRewrites, own)
  }
  members.forEach((member, index) => {
    mergeInto(member, index === members.length - 1 ? own : field.copy(own))
  })
}

function reportFieldFailure(
  call: EntityCall,
  run: Run,
  representations: Representations,
  failure: unknown,
): void {
  const places = placesOf(run.root, representations.field.paths, representations.members.flat())
  reportFailure(run, call.scope, places, representations.field.fetched, failure)
}

function reportErrors(
  call: EntityCall,
  run: Run,
  active: readonly Representations[],
  errors: readonly Partial<GraphQLFormattedError>[],
): void {
  for (const error of errors) {
    const found = locateError(active, error.path)
    const places = found
      ? placesOf(
          run.root,
          found.representations.field.paths,
          found.representations.members[found.index] ?? [],
        )
      : entityPlaces(run, active)
    const bases = places.map((place) => place.path)
    reportError(run, call.scope, error, found ? bases : bases.slice(0, 1), found?.rest ?? [])
  }
}

/** An error without the path of an entity is reported at the first entity of the call. */
function entityPlaces(run: Run, active: readonly Representations[]): Place[] {
  return active.flatMap((representations) =>
    placesOf(run.root, representations.field.paths, representations.members.flat()),
  )
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
