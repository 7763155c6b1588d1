/** Runs random operations through both executors over generated worlds, and collects the differences. */
import { sdl, subgraphNames } from '@cnop/schema/read'
import { createEngine } from '@cnop/router/engine'
import type { TestAnswer } from '@cnop/router/engine/testing/request'
import { hashOf, seededChance } from './chance.ts'
import { compareAnswers, type Verdict } from './compare.ts'
import { makeSubgraphs } from './made-subgraphs.ts'
import { makeWorld } from './made-world.ts'
import { makeOperation, type MadeOperation } from './operations.ts'
import { both, type Pair } from './pair.ts'
import { catalogue } from './supergraphs/catalogue.ts'
import { chain } from './supergraphs/chain.ts'
import { ladder } from './supergraphs/ladder.ts'
import { lists } from './supergraphs/lists.ts'
import { lending, media } from './supergraphs/media.ts'
import { moves } from './supergraphs/moves.ts'
import { zoo } from './supergraphs/zoo.ts'
import { knownViolation } from './violations.ts'
import type { World } from './world.ts'

export interface Difference {
  readonly supergraph: string
  readonly caseSeed: number
  readonly what: string
  readonly operation: MadeOperation
  readonly world: World
  readonly stock: TestAnswer
  readonly compiled: TestAnswer
}

export interface DifferentialResult {
  readonly cases: number
  readonly differences: readonly Difference[]
  /** The known violations of the stock gateway, with their counts. */
  readonly known: Readonly<Record<string, number>>
  readonly seed: number
}

export const supergraphs = { catalogue, zoo, lists, media, lending, moves, ladder, chain }

export const withPlatform = () => ({
  ...supergraphs,
  platform: Object.fromEntries(subgraphNames.map((name) => [name, sdl(name)])),
})

export async function runDifferential(
  cases: number,
  seed: number,
  isGenerated = true,
): Promise<DifferentialResult> {
  const pairs = await openPairs(isGenerated)
  const differences: Difference[] = []
  const known: Record<string, number> = {}
  let done = 0
  for (let index = 0; done < cases && index < cases * 4; index += 1) {
    const pair = pairs[index % pairs.length]
    const verdict = pair && (await runCase(pair, hashOf(seed, index)))
    if (!verdict) continue
    done += 1
    if (verdict.kind === 'known') known[verdict.violation] = (known[verdict.violation] ?? 0) + 1
    if (verdict.kind === 'different') differences.push(verdict.difference)
  }
  await Promise.all(pairs.flatMap(({ stock, compiled }) => [stock.stop(), compiled.stop()]))
  return { cases: done, differences, known, seed }
}

/** Operations rarely repeat, so a larger cache would only use memory. */
const mostOperations = 50

async function openPairs(isGenerated: boolean): Promise<Pair[]> {
  return Promise.all(
    Object.entries(withPlatform()).map(async ([name, sdls]) => {
      const { supergraphSdl, transport } = makeSubgraphs(sdls)
      return {
        name,
        stock: await createEngine({ supergraphSdl, transport, executor: 'stock', mostOperations }),
        compiled: await createEngine({ supergraphSdl, transport, isGenerated, mostOperations }),
      }
    }),
  )
}

type CaseVerdict =
  | Exclude<Verdict, { kind: 'different' }>
  | { readonly kind: 'different'; readonly difference: Difference }

async function runCase(pair: Pair, caseSeed: number): Promise<CaseVerdict | undefined> {
  const chance = seededChance(caseSeed)
  const operation = makeOperation(pair.compiled.apiSchema(), chance)
  if (!operation) return undefined
  const world = await makeWorld(chance, caseSeed, operation, pair.compiled)
  const [stock, compiled] = await both(pair, operation, world)
  const verdict = compareAnswers(stock, compiled)
  if (verdict.kind !== 'different') return verdict
  const violation = await knownViolation(pair, operation, world, [stock, compiled])
  if (violation !== undefined) return { kind: 'known', violation }
  return {
    kind: 'different',
    difference: {
      supergraph: pair.name,
      caseSeed,
      what: verdict.what,
      operation,
      world,
      stock,
      compiled,
    },
  }
}

export function describeDifference(difference: Difference): string {
  const { supergraph, caseSeed, what, operation, world, stock, compiled } = difference
  const faults = { ...world, down: [...world.down], mangled: [...world.mangled] }
  return [
    `${supergraph} case ${caseSeed}: ${what}`,
    operation.query,
    JSON.stringify(operation.variables),
    JSON.stringify(faults),
    `stock    ${JSON.stringify(stock)}`,
    `compiled ${JSON.stringify(compiled)}`,
  ].join('\n')
}
