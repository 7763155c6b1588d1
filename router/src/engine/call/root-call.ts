/** A fetch that starts at a root type: its data is merged at one path of the result, mostly the root itself. */
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { parse } from 'graphql'
import type { Data } from '../data.ts'
import { compileCopy } from '../merge/copy.ts'
import type { Copy } from '../merge/copy.ts'
import { expectedAt } from '../merge/expected.ts'
import { cloneData, mergeInto } from '../merge/merge.ts'
import { receivedShape } from '../merge/shape.ts'
import type { ReceivedShape } from '../merge/shape.ts'
import { applyRewrites } from '../merge/rewrites.ts'
import type { AlikeRules } from '../plan/intern.ts'
import { operationOf } from '../plan/calls.ts'
import type { FetchUnit } from '../plan/graph.ts'
import { bodyHead, sendCall, variableMembers } from './send.ts'
import type { CallFacts, Calls } from './send.ts'
import { collect } from './entities.ts'
import { placesOf, reportError, reportFailure } from './errors.ts'
import type { BroughtFields, ErrorScope } from './errors.ts'
import type { ConcretePath } from './entities.ts'
import { isSelected } from './run.ts'
import type { Run, Step } from './run.ts'
import type { SharedAnswer } from './share.ts'

export interface FetchSetting {
  readonly calls: Calls
  readonly schema: GraphQLSchema
  readonly scope: ErrorScope
  readonly facts: CallFacts
  /** The result when all fetches have ended. */
  readonly expected: ReceivedShape
  /** Where equal objects become one. */
  readonly alike: AlikeRules
  readonly isGenerated: boolean
}

interface RootFetch extends FetchSetting {
  readonly unit: FetchUnit
  readonly head: string
  readonly copy: Copy
  readonly brought: readonly BroughtFields[]
}

export function compileRootFetch(unit: FetchUnit, setting: FetchSetting): Step {
  const document = parse(unit.text, { noLocation: true })
  const shape = receivedShape(document, operationOf(document).selectionSet)
  const fetch: RootFetch = {
    ...setting,
    unit,
    head: bodyHead(unit.text, unit.operationName),
    copy: compileCopy(shape, expectedAt(setting.expected, unit.path), setting.isGenerated),
    brought: [{ condition: undefined, names: [...shape.keys()] }],
  }
  return (run) => runFetch(fetch, run)
}

async function runFetch(fetch: RootFetch, run: Run): Promise<void> {
  if (!isSelected(run, fetch.unit.conditions)) return
  const targets: Data[] = []
  collect(run.root, fetch.unit.path, targets)
  if (targets.length === 0) return
  try {
    const members = variableMembers(fetch.unit.variables, run.variables)
    const body = `${fetch.head}${members.join(',')}}}`
    const shared = await sendCall(fetch.calls, fetch.facts, body, run)
    mergeAnswer(fetch, targets, shared)
    reportErrors(fetch, run, targets, shared.answer.errors)
  } catch (failure) {
    const places = placesOf(run.root, [fetch.unit.path], targets)
    reportFailure(run, fetch.scope, places, fetch.brought, failure)
  }
}

function mergeAnswer(fetch: RootFetch, targets: readonly Data[], shared: SharedAnswer): void {
  const { data } = shared.answer
  if (!data) return
  const { outputRewrites } = fetch.unit
  const own = shared.isShared ? fetch.copy(data) : data
  if (outputRewrites.length > 0) applyRewrites(fetch.schema, outputRewrites, own)
  targets.forEach((target, index) => {
    mergeInto(target, index === targets.length - 1 ? own : cloneData(own))
  })
}

function reportErrors(
  fetch: RootFetch,
  run: Run,
  targets: readonly Data[],
  errors: readonly Partial<GraphQLFormattedError>[],
): void {
  for (const error of errors) {
    if (isConcrete(error.path)) {
      const bases = placesOf(run.root, [fetch.unit.path], targets).map((place) => place.path)
      reportError(run, fetch.scope, error, bases, error.path)
    } else {
      reportError(run, fetch.scope, error, [], [])
    }
  }
}

/** Whether an error's path can be trusted to be one: subgraphs may send anything. */
export function isConcrete(path: unknown): path is ConcretePath {
  return (
    Array.isArray(path) &&
    path.length > 0 &&
    path.every((step) => typeof step === 'string' || typeof step === 'number')
  )
}
