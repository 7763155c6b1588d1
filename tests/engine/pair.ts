/** One supergraph with both executors, and the same request to each. */
import type { Engine } from '@cnop/router/engine'
import { execute, type TestAnswer } from '@cnop/router/engine/testing/request'
import type { MadeOperation } from './operations.ts'
import type { World } from './world.ts'

export interface Pair {
  readonly name: string
  readonly stock: Engine
  readonly compiled: Engine
}

export function both(
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
    // The planner may refuse an operation. Both executors must then return the same error.
    return { errors: [{ message: String(error) }] }
  }
}
