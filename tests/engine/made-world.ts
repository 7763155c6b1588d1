/** Chooses the world of a case: usually without faults, sometimes with faults of one kind. */
import type { Engine } from '@cnop/router/engine'
import type { Chance } from './chance.ts'
import type { MadeOperation } from './operations.ts'
import type { World } from './world.ts'

/** A world without nulls and faults. */
export const calm: Omit<World, 'seed'> = {
  errorEvery: 0,
  nullEvery: 0,
  lostEvery: 0,
  down: new Set(),
  mangled: new Set(),
  hasOddStrings: false,
  hasNoFalsyValues: false,
}

export async function makeWorld(
  chance: Chance,
  seed: number,
  { query }: MadeOperation,
  compiled: Engine,
): Promise<World> {
  const usual: World = { ...calm, seed, nullEvery: 12, hasOddStrings: chance.oneIn(3) }
  switch (chance.int(8)) {
    case 0:
      return { ...usual, nullEvery: 3 }
    case 1:
      return { ...usual, errorEvery: 4 + chance.int(20) }
    case 2:
      return { ...usual, lostEvery: 2 + chance.int(4) }
    case 3:
      return { ...usual, down: new Set([chance.pick(await servicesOf(compiled, query))]) }
    case 4:
      return { ...usual, mangled: new Set([chance.pick(leafNames(query))]) }
    case 5:
      return { ...usual, nullEvery: 0 }
    default:
      return usual
  }
}

async function servicesOf(engine: Engine, query: string): Promise<string[]> {
  try {
    const { calls } = await engine.plan(query)
    const services = calls.map((call) => call.service)
    return services.length > 0 ? services : ['none']
  } catch {
    return ['none']
  }
}

/** Keys and type names stay valid: an entity without a valid key is a different fault. */
const wholeNames = new Set(['id', 'upc', 'sku', 'code', 'email', '__typename', 'kind0', 'kind1'])

function leafNames(query: string): string[] {
  const words = query.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []
  const names = words.filter((word) => !wholeNames.has(word))
  return names.length > 0 ? names : ['none']
}
