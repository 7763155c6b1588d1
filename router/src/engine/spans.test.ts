import { expect, it } from '@jest/globals'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { openEngine } from './testing/engine.ts'
import { execute } from './testing/request.ts'
import { startSubgraphs } from './testing/subgraphs.ts'

it('makes spans under the names that the stock gateway uses, one per fetch', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const { supergraphSdl, transport } = startSubgraphs({
    a: { sdl: 'type Query { one: Int }' },
    b: { sdl: 'type Query { two: Int }' },
  })
  const engine = await openEngine({
    supergraphSdl,
    transport,
    tracer: provider.getTracer('engine'),
  })
  await execute(engine, { query: 'query Both { one two }' })
  const spans = exporter.getFinishedSpans()
  expect(spans.map(({ name, attributes }) => [name, attributes['service']]).sort()).toEqual([
    ['gateway.execute', undefined],
    ['gateway.fetch', 'a'],
    ['gateway.fetch', 'b'],
    ['gateway.plan', undefined],
    ['gateway.postprocessing', undefined],
    ['gateway.request', undefined],
    ['gateway.validate', undefined],
  ])
})
