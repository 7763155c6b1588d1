/** A call for fields of a root type. Its data is merged at one path of the result, usually the root. */
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Data } from '../data.ts'
import { whenNeeded } from '../generate.ts'
import { compileCopy, type Copy, expectedAt, replyShape, type ReplyShape } from '../merge/shape.ts'
import { cloneData, mergeInto, applyRewrites } from '../merge/merge.ts'
import type { InternRules } from '../plan/intern.ts'
import { operationOf } from '../plan/calls.ts'
import { parseFetch, type FetchUnit } from '../plan/graph.ts'
import { bodyHead, sendCall, variableMembers, type CallFacts, type Calls } from './send.ts'
import { collect, type ConcretePath } from './find.ts'
import {
  placesOf,
  reportError,
  reportFailure,
  type FetchedFields,
  type ErrorScope,
} from './errors.ts'
import type { ReplyContent } from './reply.ts'
import { isSelected, type Run, type Step } from './run.ts'

export interface CallSetting {
  readonly calls: Calls
  readonly schema: GraphQLSchema
  readonly scope: ErrorScope
  readonly facts: CallFacts
  /** The shape of the result when all calls have ended. */
  readonly expected: ReplyShape
  /** Paths whose equal objects are interned. */
  readonly interned: InternRules
  readonly isGenerated: boolean
}

interface RootCall extends CallSetting {
  readonly unit: FetchUnit
  readonly head: string
  readonly copy: () => Copy
  readonly fetched: readonly FetchedFields[]
}

export function compileRootCall(unit: FetchUnit, setting: CallSetting): Step {
  const document = parseFetch(unit.text)
  const shape = replyShape(document, operationOf(document).selectionSet)
  const call: RootCall = {
    ...setting,
    unit,
    head: bodyHead(unit.text, unit.operationName),
    copy: whenNeeded(() =>
      compileCopy(shape, expectedAt(setting.expected, unit.path), setting.isGenerated),
    ),
    fetched: [{ condition: undefined, names: [...shape.keys()] }],
  }
  return (run) => runCall(call, run)
}

async function runCall(call: RootCall, run: Run): Promise<void> {
  if (!isSelected(run, call.unit.conditions)) return
  const targets: Data[] = []
  collect(run.root, call.unit.path, targets)
  if (targets.length === 0) return
  try {
    const members = variableMembers(call.unit.variables, run.variables)
    const body = `${call.head}${members.join(',')}}}`
    const content = await sendCall(call.calls, call.facts, body, run)
    run.scanned = content.scanned
    mergeContent(call, targets, content)
    reportErrors(call, run, targets, content.errors)
  } catch (failure) {
    const places = placesOf(run.root, [call.unit.path], targets)
    reportFailure(run, call.scope, places, call.fetched, failure)
  }
}

function mergeContent(call: RootCall, targets: readonly Data[], content: ReplyContent): void {
  const { data } = content
  if (!data) return
  const { outputRewrites } = call.unit
  const own = content.isShared ? call.copy()(data) : data
  if (outputRewrites.length > 0) applyRewrites(call.schema, outputRewrites, own)
  targets.forEach((target, index) => {
    mergeInto(target, index === targets.length - 1 ? own : cloneData(own))
  })
}

function reportErrors(
  call: RootCall,
  run: Run,
  targets: readonly Data[],
  errors: readonly Partial<GraphQLFormattedError>[],
): void {
  if (errors.length === 0) return
  const bases = placesOf(run.root, [call.unit.path], targets).map((place) => place.path)
  for (const error of errors) {
    if (isConcrete(error.path)) {
      reportError(run, call.scope, error, bases, error.path)
    } else {
      reportError(run, call.scope, error, [], [])
    }
  }
}

/** The most steps of a path. */
const mostSteps = 500

/** Whether the path of an error is well formed; subgraphs are not trusted. */
export function isConcrete(path: unknown): path is ConcretePath {
  return (
    Array.isArray(path) &&
    path.length > 0 &&
    path.length <= mostSteps &&
    path.every((step) => typeof step === 'string' || typeof step === 'number')
  )
}
