/** A readable plan: the planner's text, and the calls that the engine makes of it. */
import { prettyFormatQueryPlan } from '@apollo/query-planner'
import type { CompiledOperation, CompiledPass } from './compile.ts'
import { collectSources, type GeneratedSource } from './generate.ts'
import type { PlannedOperation } from './plan/plan-operation.ts'
import { planBatch } from './plan/calls.ts'

export interface PlannedCall {
  readonly service: string
  /** Indexes of the calls that must end first. */
  readonly after: readonly number[]
  readonly isPublic: boolean
  readonly operation: string
  /** Paths in the result, such as `users.@.reviews`; empty for the root. */
  readonly paths: readonly string[]
}

export interface PlanView {
  readonly text: string
  readonly calls: readonly PlannedCall[]
}

export interface Explanation extends PlanView {
  /** The time in the planner. */
  readonly planningMs: number
  readonly sources: readonly GeneratedSource[]
}

export function explain(
  { planningMs }: PlannedOperation,
  compile: () => CompiledOperation,
): Explanation {
  let compiled: CompiledOperation | undefined
  const sources = collectSources(() => {
    compiled = compile()
    compiled.prepare(Object.fromEntries(compiled.conditionVariables.map((name) => [name, true])))
  })
  if (!compiled) throw new Error('Nothing was compiled.')
  return { ...viewPlan(compiled), planningMs, sources }
}

export function viewPlan(compiled: CompiledOperation): PlanView {
  const calls: PlannedCall[] = []
  for (const pass of compiled.passes) calls.push(...viewCalls(pass, compiled, calls.length))
  return { text: compiled.passes.map(({ plan }) => prettyFormatQueryPlan(plan)).join('\n'), calls }
}

function viewCalls(
  pass: CompiledPass,
  { isPublic }: CompiledOperation,
  offset: number,
): PlannedCall[] {
  return pass.callPlans.flatMap(({ units, after }) => {
    const [first] = units
    if (!first) return []
    return [
      {
        service: first.service,
        after: after.map((index) => index + offset),
        isPublic: units.every(isPublic),
        operation: first.requires ? planBatch(units).text : first.text,
        paths: units.map((unit) => unit.path.join('.')),
      },
    ]
  })
}
