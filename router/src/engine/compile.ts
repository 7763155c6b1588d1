/**
 * Compiles one planned operation: plan → graph → calls → steps, and the writers for its answer. Everything
 * that can be known without a request is worked out here, once.
 */
import type { QueryPlan } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { OperationTypeNode } from 'graphql'
import type { Data } from './data.ts'
import type { CallFacts, Calls } from './call/send.ts'
import type { ClientFields } from './call/errors.ts'
import { compileEntityFetch } from './call/entity-call.ts'
import { compileRootFetch } from './call/root-call.ts'
import type { FetchSetting } from './call/root-call.ts'
import type { Run, Step } from './call/run.ts'
import { broughtBy } from './call/entity-field.ts'
import { mergeAligned } from './merge/align.ts'
import { expectedShape } from './merge/expected.ts'
import { alikeRules, noAlike } from './plan/intern.ts'
import type { AlikeRules } from './plan/intern.ts'
import { fetchFields } from './plan/fetch-fields.ts'
import type { FetchFields } from './plan/fetch-fields.ts'
import { buildGraph } from './plan/graph.ts'
import type { FetchUnit } from './plan/graph.ts'
import { groupCalls } from './plan/group.ts'
import type { CallPlan } from './plan/group.ts'
import { clientFields } from './plan/client-operation.ts'
import type { ClientOperation } from './plan/client-operation.ts'
import { schedule } from './schedule.ts'
import { compileAnswer, mostCombinations } from './write/result.ts'
import type { Answered } from './write/result.ts'

export interface CompileSetting {
  readonly apiSchema: GraphQLSchema
  readonly supergraphSchema: GraphQLSchema
  readonly calls: Calls
  readonly isGenerated: boolean
  readonly isPublicFetch: (fetch: FetchFields) => boolean
}

export interface CompiledPass {
  readonly plan: QueryPlan
  readonly callPlans: readonly CallPlan[]
  /** Where equal objects became one. */
  readonly alike: AlikeRules
  readonly fetch: Step
}

export interface CompiledOperation {
  /** One, unless the operation had to be split (see passes.ts). */
  readonly passes: readonly CompiledPass[]
  readonly isPublic: (unit: FetchUnit) => boolean
  readonly isMutation: boolean
  /** How many writers of its answer may come to be kept. */
  readonly mostWriters: number
  readonly fetch: Step
  readonly answer: (run: Run) => Answered
}

export function compileOperation(
  source: ClientOperation,
  plans: readonly QueryPlan[],
  setting: CompileSetting & { readonly contested: ReadonlySet<string> },
): CompiledOperation {
  const isPublic = (unit: FetchUnit) =>
    unit.kind === OperationTypeNode.QUERY &&
    setting.isPublicFetch(fetchFields(setting.supergraphSchema, unit))
  // Passes are merged position by position: each of these needs an object of its own.
  const isAlone = plans.length === 1
  const compiling: Compiling = { ...setting, isPublic, isAlone, client: clientFields(source) }
  const passes = plans.map((plan) => compilePass(plan, compiling))
  const [only] = passes
  return {
    passes,
    isPublic,
    isMutation: source.operation.operation === OperationTypeNode.MUTATION,
    fetch: passes.length === 1 && only ? only.fetch : runPasses(passes, setting.contested),
    mostWriters: Math.min(mostCombinations, 2 ** source.conditionVariables.length),
    answer: compileAnswer(source, setting.apiSchema, {
      isGenerated: setting.isGenerated,
      alike: only?.alike ?? noAlike,
    }),
  }
}

function compilePass(plan: QueryPlan, compiling: Compiling): CompiledPass {
  const graph = buildGraph(plan)
  const callPlans = groupCalls(graph, compiling.isPublic)
  // A single call leaves nothing to expect.
  const brought = callPlans.length > 1 ? graph.map(({ unit }) => broughtBy(unit)) : []
  const expected = expectedShape(brought)
  const alike = compiling.isAlone ? alikeRules(graph, brought) : noAlike
  const steps = callPlans.map(({ units, after }) => ({
    after,
    step: compileCall(units, { ...compiling, expected, alike }),
  }))
  return { plan, callPlans, alike, fetch: schedule(steps) }
}

function runPasses(passes: readonly CompiledPass[], contested: ReadonlySet<string>): Step {
  return async (run) => {
    const runs = await Promise.all(passes.map((pass) => runPass(pass, run)))
    for (const { root, isPlain } of runs) {
      mergeAligned(run.root, root, contested)
      run.isPlain &&= isPlain
    }
  }
}

async function runPass(pass: CompiledPass, run: Run): Promise<Run> {
  const own: Run = { ...run, root: Object.create(null) as Data }
  await pass.fetch(own)
  return own
}

interface Compiling extends CompileSetting {
  readonly client: ClientFields
  readonly isPublic: (unit: FetchUnit) => boolean
  /** The plan is the only one of its operation. */
  readonly isAlone: boolean
}

function compileCall(
  units: readonly FetchUnit[],
  compiling: Compiling & Pick<FetchSetting, 'expected' | 'alike'>,
): Step {
  const [first] = units
  if (!first) return () => undefined
  const facts: CallFacts = {
    service: first.service,
    operationName: first.operationName,
    isMutation: first.kind === OperationTypeNode.MUTATION,
    isPublic: units.every(compiling.isPublic),
  }
  const setting: FetchSetting = {
    calls: compiling.calls,
    schema: compiling.supergraphSchema,
    scope: {
      service: first.service,
      schema: compiling.supergraphSchema,
      client: compiling.client,
      renamed: renamedFields(units),
    },
    facts,
    expected: compiling.expected,
    alike: compiling.alike,
    isGenerated: compiling.isGenerated,
  }
  return first.requires ? compileEntityFetch(units, setting) : compileRootFetch(first, setting)
}

function renamedFields(units: readonly FetchUnit[]): Map<string, string> {
  const renamed = new Map<string, string>()
  for (const rewrite of units.flatMap((unit) => unit.outputRewrites)) {
    const name = rewrite.path.at(-1)
    if (rewrite.kind === 'KeyRenamer' && name !== undefined) renamed.set(name, rewrite.renameKeyTo)
  }
  return renamed
}
