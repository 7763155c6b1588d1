import { mkdirSync, writeFileSync } from 'node:fs'
import { supergraph } from '@cnop/schema/read'
import { createEngine } from '../engine/engine.ts'
import { sharedPlannerPool } from '../engine/plan/planner-pool.ts'
import { keepPlans } from '../engine/plan/stored-plans.ts'
import { installScalars, persistedOperations, plansFile } from './gateway.ts'

/** Plans the persisted operations ahead of the start and writes the plans to `generated/plans.json`. */
const planners = keepPlans(sharedPlannerPool())
const engine = await createEngine({
  supergraphSdl: supergraph(),
  transport: { send: () => Promise.reject(new Error('Nothing is executed.')) },
  transformApiSchema: installScalars,
  known: persistedOperations(),
  planners,
})
mkdirSync(new URL('.', plansFile), { recursive: true })
writeFileSync(plansFile, `${JSON.stringify(planners.stored())}\n`)
await engine.stop()
await planners.close()
