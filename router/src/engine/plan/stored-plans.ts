/** Plans that are made ahead of the start, so that a process does not plan the operations that it knows each time. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { QueryPlan } from '@apollo/query-planner'
import type { PlannerPool } from './planner-pool.ts'
import type { PlanJob } from './planner-process.ts'

export interface StoredPlans {
  /** Identifies the supergraph and the planner that the plans are for. */
  readonly madeFor: string
  /** Each plan as JSON text, by the hash of its document and operation name. */
  readonly plans: Readonly<Record<string, string>>
}

/** The version of Apollo's planner and our use of it: plans of another planner are not used. */
const plannerIdentity = hashOf([
  createRequire(import.meta.url)('@apollo/query-planner/package.json'),
  readFileSync(new URL(import.meta.url.replace('stored-plans', 'planner')), 'utf8'),
])

const madeFor = ({ id }: PlanJob['supergraph']): string => hashOf([id, plannerIdentity])

const keyOf = ({ document, operationName, labels = [] }: PlanJob): string =>
  hashOf([document, operationName ?? null, ...labels])

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** Takes stored plans where they are for the job, and plans otherwise. */
export function withStoredPlans(planners: PlannerPool, stored: StoredPlans): PlannerPool {
  return {
    plan: async (job, signal) => {
      const plan = stored.plans[keyOf(job)]
      if (plan === undefined || stored.madeFor !== madeFor(job.supergraph)) {
        return planners.plan(job, signal)
      }
      return { plan: JSON.parse(plan) as QueryPlan, planningMs: 0 }
    },
    prepare: (supergraph) => planners.prepare(supergraph),
    close: () => planners.close(),
  }
}

/** Plans, and keeps the plans that it makes. */
export function keepPlans(planners: PlannerPool): PlannerPool & { stored(): StoredPlans } {
  const plans = new Map<string, string>()
  const made = { for: '' }
  return {
    plan: async (job, signal) => {
      const planned = await planners.plan(job, signal)
      plans.set(keyOf(job), JSON.stringify(planned.plan))
      made.for = madeFor(job.supergraph)
      return planned
    },
    prepare: (supergraph) => planners.prepare(supergraph),
    close: () => planners.close(),
    stored: () => ({ madeFor: made.for, plans: Object.fromEntries([...plans].toSorted()) }),
  }
}
