/** A readable plan: the planner's text, and the calls that the engine makes of it. */
import { prettyFormatQueryPlan } from '@apollo/query-planner'
import type { CompiledOperation, CompiledPass } from './compile.ts'
import { planBatch } from './plan/calls.ts'

export interface PlannedCall {
  readonly service: string
  /** Indexes of the calls that must have ended first. */
  readonly after: readonly number[]
  readonly isPublic: boolean
  readonly operation: string
  /** Places in the result, such as `users.@.reviews`; empty for the root. */
  readonly paths: readonly string[]
}

export interface PlanView {
  readonly text: string
  readonly calls: readonly PlannedCall[]
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
