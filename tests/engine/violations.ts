/** Names the known violations of the specification by the stock gateway. */
import type { TestAnswer } from '@cnop/router/engine/testing/request'
import { compareAnswers, hasLess } from './compare.ts'
import { calm } from './made-world.ts'
import type { MadeOperation } from './operations.ts'
import { both, type Pair } from './pair.ts'
import type { World } from './world.ts'

/** Supergraphs in which a service defines an interface as an object. */
const interfaceObjects: ReadonlySet<string> = new Set(['media', 'lending'])

/** Supergraphs in which services have other names for the root types. */
const renamedRoots: ReadonlySet<string> = new Set(['moves'])

export async function knownViolation(
  pair: Pair,
  operation: MadeOperation,
  world: World,
  [stock, compiled]: readonly [TestAnswer, TestAnswer],
): Promise<string | undefined> {
  if (compiled.data === undefined) return undefined
  if (world.mangled.size > 0 && stock.data === undefined) return 'malformed value fails the answer'
  const { calls } = await pair.compiled.plan(operation.query)
  const operations = calls.map((call) => call.operation)
  if (
    interfaceObjects.has(pair.name) &&
    operations.some((text) => /on Media[{@]/.test(text)) &&
    (await hidesType(pair, operation, world, [stock, compiled]))
  ) {
    return 'interface object hides the type'
  }
  if (renamedRoots.has(pair.name) && hidesRootFields(stock, compiled)) {
    return 'renamed root type hides fields'
  }
  return operations.some((text) => text.includes('__alias_'))
    ? losesFalsyValues(pair, operation, world)
    : undefined
}

/** Faults in fields that the stock response lacks may null their parents, so both run without faults as well. */
async function hidesType(
  pair: Pair,
  operation: MadeOperation,
  world: World,
  [stock, compiled]: readonly [TestAnswer, TestAnswer],
): Promise<boolean> {
  if (hasLess(stock.data, compiled.data)) return true
  const [calmStock, calmCompiled] = await both(pair, operation, { ...calm, seed: world.seed })
  return (
    compareAnswers(calmStock, calmCompiled).kind === 'different' &&
    hasLess(calmStock.data, calmCompiled.data)
  )
}

/** The stock gateway treats a root type as unknown when a service has another name for it. */
function hidesRootFields(stock: TestAnswer, compiled: TestAnswer): boolean {
  const [less, more] = [fieldsOf(stock.data), fieldsOf(compiled.data)]
  if (less.size >= more.size) return false
  const common = Object.fromEntries([...more].filter(([name]) => less.has(name)))
  return compareAnswers(stock, { ...compiled, data: common }).kind !== 'different'
}

function fieldsOf(data: unknown): Map<string, unknown> {
  return new Map(typeof data === 'object' && data !== null ? Object.entries(data) : [])
}

/**
 * The stock gateway drops null, zero, false and the empty string under aliases of the planner, also where a `@requires`
 * needs them: then it does not even ask for the field.
 */
async function losesFalsyValues(
  pair: Pair,
  operation: MadeOperation,
  world: World,
): Promise<string | undefined> {
  const truthy = { ...world, hasNoFalsyValues: true }
  const isSame = async (tried: World): Promise<boolean> =>
    compareAnswers(...(await both(pair, operation, tried))).kind !== 'different'
  return (await isSame(truthy)) || (await isSame({ ...truthy, nullEvery: 0 }))
    ? 'falsy values under planner aliases are lost'
    : undefined
}
