/** Runs random operations through both executors over made-up worlds, and collects where they differ. */
import { sdl, subgraphNames } from '@cnop/schema/read'
import { createEngine } from '@cnop/router/engine/engine'
import type { Engine } from '@cnop/router/engine/engine'
import { execute } from '@cnop/router/engine/testing/request'
import type { TestAnswer } from '@cnop/router/engine/testing/request'
import { hashOf, seededChance } from './chance.ts'
import type { Chance } from './chance.ts'
import { compareAnswers, hasLess } from './compare.ts'
import type { Verdict } from './compare.ts'
import { makeSubgraphs } from './made-subgraphs.ts'
import { makeOperation } from './operations.ts'
import type { MadeOperation } from './operations.ts'
import { catalogue } from './supergraphs/catalogue.ts'
import { chain } from './supergraphs/chain.ts'
import { ladder } from './supergraphs/ladder.ts'
import { lists } from './supergraphs/lists.ts'
import { media } from './supergraphs/media.ts'
import { moves } from './supergraphs/moves.ts'
import { zoo } from './supergraphs/zoo.ts'
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
  /** Where the stock gateway is known to be wrong, and how often it was. */
  readonly known: Readonly<Record<string, number>>
  readonly seed: number
}

interface Pair {
  readonly name: string
  readonly stock: Engine
  readonly compiled: Engine
}

const platform = () => Object.fromEntries(subgraphNames.map((name) => [name, sdl(name)]))

export const supergraphs = { catalogue, zoo, lists, media, moves, ladder, chain }

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

/** Hardly any operation comes twice: keeping more of them would only fill the memory. */
const mostOperations = 50

async function openPairs(isGenerated: boolean): Promise<Pair[]> {
  const all = Object.entries({ ...supergraphs, platform: platform() })
  return Promise.all(
    all.map(async ([name, sdls]) => {
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
  const world = makeWorld(chance, caseSeed, operation, pair)
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

function both(
  { stock, compiled }: Pair,
  operation: MadeOperation,
  world: World,
): Promise<[TestAnswer, TestAnswer]> {
  const request = { ...operation, context: { world } }
  return Promise.all([answer(stock, request), answer(compiled, request)])
}

async function answer(
  engine: Engine,
  request: MadeOperation & { readonly context: { readonly world: World } },
): Promise<TestAnswer> {
  try {
    return await execute(engine, request)
  } catch (error) {
    // Planning may refuse an operation: both must then refuse it in the same words.
    return { errors: [{ message: String(error) }] }
  }
}

async function knownViolation(
  pair: Pair,
  operation: MadeOperation,
  world: World,
  [stock, compiled]: readonly [TestAnswer, TestAnswer],
): Promise<string | undefined> {
  if (compiled.data === undefined) return undefined
  if (world.mangled.size > 0 && stock.data === undefined) return 'malformed value fails the answer'
  const operations = pair.compiled.plan(operation.query).calls.map((call) => call.operation)
  if (
    pair.name === 'media' &&
    operations.some((text) => text.includes('on Media{')) &&
    hasLess(stock.data, compiled.data)
  ) {
    return 'interface object hides the type'
  }
  return operations.some((text) => text.includes('__alias_'))
    ? losesFalsyValues(pair, operation, world)
    : undefined
}

/** The stock gateway drops zero, false and empty text that the planner put under an alias of its own. */
async function losesFalsyValues(
  pair: Pair,
  operation: MadeOperation,
  world: World,
): Promise<string | undefined> {
  const [stock, compiled] = await both(pair, operation, { ...world, hasNoFalsyValues: true })
  const isSame = compareAnswers(stock, compiled).kind !== 'different'
  return isSame ? 'falsy values under planner aliases are lost' : undefined
}

function makeWorld(
  chance: Chance,
  seed: number,
  { query }: MadeOperation,
  { compiled }: Pair,
): World {
  const calm: World = {
    seed,
    errorEvery: 0,
    nullEvery: 12,
    lostEvery: 0,
    down: new Set(),
    mangled: new Set(),
    hasOddStrings: chance.oneIn(3),
    hasNoFalsyValues: false,
  }
  switch (chance.int(8)) {
    case 0:
      return { ...calm, nullEvery: 3 }
    case 1:
      return { ...calm, errorEvery: 4 + chance.int(20) }
    case 2:
      return { ...calm, lostEvery: 2 + chance.int(4) }
    case 3:
      return { ...calm, down: new Set([chance.pick(servicesOf(compiled, query))]) }
    case 4:
      return { ...calm, mangled: new Set([chance.pick(leafNames(query))]) }
    case 5:
      return { ...calm, nullEvery: 0 }
    default:
      return calm
  }
}

function servicesOf(engine: Engine, query: string): string[] {
  try {
    const services = engine.plan(query).calls.map((call) => call.service)
    return services.length > 0 ? services : ['none']
  } catch {
    return ['none']
  }
}

/** Keys stay whole: an entity that cannot be named is a different fault. */
const keyNames = new Set(['id', 'upc', 'sku', 'code', 'email', '__typename'])

function leafNames(query: string): string[] {
  const words = query.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  const names = words.filter((word) => !keyNames.has(word))
  return names.length > 0 ? names : ['none']
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
