/**
 * Compiles a planned operation: plan → graph → calls → steps, and the writers of its result. Everything that does not
 * depend on a request is computed here, once.
 */
import type { QueryPlan } from '@apollo/query-planner'
import { OperationTypeNode, type GraphQLError, type GraphQLSchema } from 'graphql'
import { compileEntityCall } from './call/entity-call.ts'
import { shapeFetchedBy } from './call/entity-field.ts'
import type { ClientFields } from './call/errors.ts'
import { compileRootCall, type CallSetting } from './call/root-call.ts'
import type { Run, Step } from './call/run.ts'
import type { CallFacts, Calls } from './call/send.ts'
import type { Data } from './data.ts'
import { mergeAligned } from './merge/merge.ts'
import { expectedShape } from './merge/shape.ts'
import { clientFields, type ClientOperation } from './plan/client-operation.ts'
import {
  fetchFields,
  fieldNames,
  buildGraph,
  whileParsed,
  type FetchFields,
  type FetchUnit,
} from './plan/graph.ts'
import { groupCalls, type CallPlan } from './plan/calls.ts'
import type { PlannedOperation } from './plan/plan-operation.ts'
import { internRules, noInternRules, type InternRules } from './plan/intern.ts'
import type { Refused } from './rules/refused-fields.ts'
import { compileResult, mostCombinations, type ResultWriter } from './write/result.ts'

export interface CompileSetting {
  readonly apiSchema: GraphQLSchema
  readonly supergraphSchema: GraphQLSchema
  readonly calls: Calls
  readonly isGenerated: boolean
  /** Without it no fetch is public. */
  readonly isPublicFetch: ((fetch: FetchFields) => boolean) | undefined
}

export interface CompiledPass {
  readonly plan: QueryPlan
  readonly callPlans: readonly CallPlan[]
  /** Paths whose equal objects are interned. */
  readonly interned: InternRules
  readonly fetch: Step
}

export interface CompiledOperation extends ResultWriter {
  /** One, unless the operation was split (see passes.ts). */
  readonly passes: readonly CompiledPass[]
  readonly isPublic: (unit: FetchUnit) => boolean
  readonly isMutation: boolean
  /** How many writers of its result may be kept. */
  readonly mostWriters: number
  /** The variables of @skip and @include. */
  readonly conditionVariables: readonly string[]
  readonly clientVariable: string | undefined
  /** For each field that the caller may not read. */
  readonly refusals: readonly GraphQLError[]
  /** The caller may read none of its fields. */
  readonly isRefused: boolean
  readonly fetch: Step
}

const nothingRefused: Omit<Refused, 'document'> = {
  nodes: new Set(),
  errors: [],
  rootNames: new Set(),
  isWhole: false,
}

export function compileOperation(
  source: ClientOperation,
  plans: readonly QueryPlan[],
  setting: OperationSetting,
): CompiledOperation {
  return whileParsed(() => compilePlans(source, plans, setting))
}

type OperationSetting = CompileSetting & Pick<PlannedOperation, 'contested' | 'refused'>

function compilePlans(
  source: ClientOperation,
  plans: readonly QueryPlan[],
  setting: OperationSetting,
): CompiledOperation {
  const { refused = nothingRefused, isPublicFetch } = setting
  const isPublic = (unit: FetchUnit) =>
    isPublicFetch !== undefined &&
    unit.kind === OperationTypeNode.QUERY &&
    isPublicFetch(fetchFields(setting.supergraphSchema, unit))
  // Passes are merged position by position, so each position needs its own object.
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
    conditionVariables: source.conditionVariables,
    clientVariable: source.clientVariable,
    refusals: refused.errors,
    isRefused: refused.isWhole,
    ...compileResult(source, setting.apiSchema, {
      isGenerated: setting.isGenerated,
      interned: only?.interned ?? noInternRules,
      refused: refused.nodes,
      isWhole: isAlone && only !== undefined && isWhole(only),
      fetched: new Set([
        ...passes.flatMap(({ callPlans }) => callPlans.flatMap(rootNames)),
        ...refused.rootNames,
      ]),
    }),
  }
}

/** The result of a pass is the data of one reply. */
function isWhole({ callPlans }: CompiledPass): boolean {
  const units = callPlans.flatMap((call) => call.units)
  return (
    units.length === 1 &&
    units.every(
      ({ path, requires, conditions, outputRewrites }) =>
        path.length + conditions.length + outputRewrites.length === 0 && !requires,
    )
  )
}

function compilePass(plan: QueryPlan, compiling: Compiling): CompiledPass {
  const graph = buildGraph(plan)
  const callPlans = groupCalls(graph, compiling.isPublic)
  // After a single call, no further fields are expected.
  const fetched = callPlans.length > 1 ? graph.map(({ unit }) => shapeFetchedBy(unit)) : []
  const expected = expectedShape(fetched)
  const interned = compiling.isAlone ? internRules(graph, fetched) : noInternRules
  const steps = callPlans.map(({ units, after }) => ({
    after,
    step: compileCall(units, { ...compiling, expected, interned }),
  }))
  return { plan, callPlans, interned, fetch: schedule(steps) }
}

function runPasses(passes: readonly CompiledPass[], contested: ReadonlySet<string>): Step {
  return async (run) => {
    const runs = await Promise.all(passes.map((pass) => runPass(pass, run)))
    for (const { root, size, isPlain } of runs) {
      mergeAligned(run.root, root, contested)
      run.size += size
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
  compiling: Compiling & Pick<CallSetting, 'expected' | 'interned'>,
): Step {
  const [first] = units
  if (!first) return () => undefined
  const facts: CallFacts = {
    service: first.service,
    operationName: first.operationName,
    isMutation: first.kind === OperationTypeNode.MUTATION,
    isPublic: units.every(compiling.isPublic),
    fields: new Set(units.flatMap(({ text }) => fieldNames(text))),
  }
  const setting: CallSetting = {
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
    interned: compiling.interned,
    isGenerated: compiling.isGenerated,
  }
  return first.requires ? compileEntityCall(units, setting) : compileRootCall(first, setting)
}

/** The fields of the root type that a call brings. */
function rootNames({ units }: CallPlan): string[] {
  const renamed = renamedFields(units)
  const own = units.filter(({ path, requires }) => path.length === 0 && !requires)
  return own.flatMap((unit) =>
    [...shapeFetchedBy(unit).shape.keys()].map((name) => renamed.get(name) ?? name),
  )
}

function renamedFields(units: readonly FetchUnit[]): Map<string, string> {
  const renamed = new Map<string, string>()
  for (const rewrite of units.flatMap((unit) => unit.outputRewrites)) {
    const name = rewrite.path.at(-1)
    if (rewrite.kind === 'KeyRenamer' && name !== undefined) renamed.set(name, rewrite.renameKeyTo)
  }
  return renamed
}

/** Runs compiled calls as the plan allows: each starts when the calls that it depends on have ended. */

export interface ScheduledStep {
  readonly step: Step
  readonly after: readonly number[]
}

export function schedule(steps: readonly ScheduledStep[]): Step {
  const [only] = steps
  if (!only) return () => undefined
  if (steps.length === 1) return only.step
  return isChain(steps) ? (run) => runChain(steps, run) : (run) => runGraph(steps, run)
}

function isChain(steps: readonly ScheduledStep[]): boolean {
  return steps.every((each, index) => index === 0 || each.after.includes(index - 1))
}

async function runChain(steps: readonly ScheduledStep[], run: Run): Promise<void> {
  for (const { step } of steps) await step(run)
}

async function runGraph(steps: readonly ScheduledStep[], run: Run): Promise<void> {
  const ends: Promise<void>[] = []
  for (const { step, after } of steps) {
    ends.push(after.length === 0 ? start(step, run) : runAfter(ends, after, step, run))
  }
  await Promise.all(ends)
}

function start(step: Step, run: Run): Promise<void> {
  return step(run) ?? Promise.resolve()
}

async function runAfter(
  ends: readonly Promise<void>[],
  after: readonly number[],
  step: Step,
  run: Run,
): Promise<void> {
  const [first = 0] = after
  await (after.length === 1
    ? ends[first]
    : Promise.all(after.flatMap((index) => ends[index] ?? [])))
  await step(run)
}
