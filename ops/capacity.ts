import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { usualHabits } from './capacity/assumptions.ts'
import type { MeasuredCosts } from './capacity/costs.ts'
import { describe, scenariosOf } from './capacity/tables.ts'
import { wallsOf } from './capacity/walls.ts'
import { runCommand } from './command/command.ts'

const usage = 'Usage: npm run capacity [-- --json]'

const costsFile = new URL('capacity/costs.json', import.meta.url)

/**
 * `npm run capacity`: what 1 k, 100 k and 1 M users and 10 k orders a second need in processes, store units, Redis and
 * dollars, and the first five walls. It computes with the costs that `npm run bench:growth -- --record` has measured.
 */
function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  if (!existsSync(costsFile)) {
    throw new Error('There are no measured costs: npm run bench:growth -- --record')
  }
  const costs = JSON.parse(readFileSync(costsFile, 'utf8')) as MeasuredCosts
  const lines = values.json ? [JSON.stringify(asJson(costs))] : describe(costs, usualHabits)
  process.stdout.write(`${lines.join('\n')}\n`)
  return Promise.resolve(0)
}

function asJson(costs: MeasuredCosts) {
  const walls = wallsOf(costs).map(({ wall: { name, counts, ceiling, needs }, users, orders }) => ({
    ...{ name, counts, ceiling, needs },
    // A wall that is not met has null.
    ...{ users, orders },
  }))
  return { date: costs.date, commit: costs.commit, scenarios: scenariosOf(costs), walls }
}

await runCommand({ usage, main })
