import { openEngine } from './engine.ts'
import { execute, type TestAnswer, type TestRequest } from './request.ts'
import { startSubgraphs, type TestSubgraph, type TestSubgraphs } from './subgraphs.ts'

export type Subgraphs = Record<string, TestSubgraph>

/** Runs one request on an engine of its own over subgraphs in this process. */
export async function askSubgraphs(
  subgraphs: Subgraphs,
  request: TestRequest,
  executor: 'stock' | 'compiled' = 'compiled',
  change: (world: TestSubgraphs) => void = () => undefined,
): Promise<TestAnswer> {
  const world = startSubgraphs(subgraphs)
  change(world)
  const { supergraphSdl, transport } = world
  const engine = await openEngine({ supergraphSdl, transport, executor })
  return execute(engine, request)
}
