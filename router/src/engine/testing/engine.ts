import { afterAll } from '@jest/globals'
import { createEngine, type Engine, type EngineOptions } from '../engine.ts'

const engines: Engine[] = []
afterAll(() => Promise.all(engines.map((engine) => engine.stop())))

/** An engine that is stopped after the tests of the file, with its planners. */
export async function openEngine<Context>(options: EngineOptions<Context>): Promise<Engine> {
  const engine = await createEngine(options)
  engines.push(engine)
  return engine
}
