import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createLog } from '../log.ts'
import { currentScope, keepScope, runInScope } from './scope.ts'
import { inSpan, scopedTracer, traceHeaders } from './span.ts'
import { openTracing, type RequestTrace, type Tracing } from './tracing.ts'

const lines: string[] = []
const log = createLog(
  'test',
  { level: 'warn', filePath: undefined },
  { write: (line) => void lines.push(line) },
)
const inMemory = { sampleRatio: 1, endpoint: undefined }
const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const begin = (tracing: Tracing, traceparent?: string): RequestTrace => {
  const opened = tracing.begin('request', traceparent)
  if (!opened) throw new Error('The request is not recorded.')
  return opened
}

const idOf = ({ span }: RequestTrace): string => span.spanContext().traceId

describe('a trace', () => {
  it('holds the spans of nested work, each under its own parent', async () => {
    const tracing = await openTracing('router', inMemory, log)
    const request = begin(tracing)
    await runInScope({ trace: request.trace }, () =>
      inSpan('outer', {}, () =>
        inSpan('left', { table: 'orders' }, () => Promise.resolve()).then(() =>
          scopedTracer.startActiveSpan('right', (span) => span.end()),
        ),
      ),
    )
    request.span.end()
    const spans = tracing.ring.find(idOf(request))?.spans ?? []
    const nameOf = (spanId: string | undefined) =>
      spans.find((span) => span.spanId === spanId)?.name ?? null
    expect(spans.map(({ name, parentId }) => [name, nameOf(parentId)]).sort()).toEqual([
      ['left', 'outer'],
      ['outer', 'request'],
      ['request', null],
      ['right', 'outer'],
    ])
    expect(spans.find(({ name }) => name === 'left')?.attributes).toEqual({ table: 'orders' })
  })

  it('marks work that failed, by the name of its error and never by its message', async () => {
    const tracing = await openTracing('router', inMemory, log)
    const request = begin(tracing)
    const failing = () => Promise.reject(new TypeError('canary'))
    const work = runInScope({ trace: request.trace }, () => inSpan('work', {}, failing))
    await expect(work).rejects.toThrow('canary')
    const [span] = tracing.ring.find(idOf(request))?.spans ?? []
    expect(span?.isError).toBe(true)
    expect(JSON.stringify(span)).toContain('TypeError')
    expect(JSON.stringify(span)).not.toContain('canary')
  })

  it('continues in another process under the same id, and only when it is recorded', async () => {
    const near = await openTracing('router', inMemory, log)
    const far = await openTracing('order', inMemory, log)
    const request = begin(near, caller)
    expect(idOf(request)).toBe(caller.split('-')[1])
    const sent = runInScope({ trace: request.trace }, traceHeaders)
    const spanId = request.span.spanContext().spanId
    await far.resume(sent['traceparent'], () => inSpan('far', {}, () => Promise.resolve()))
    expect(far.ring.find(idOf(request))?.spans).toMatchObject([
      { name: 'far', parentId: spanId, service: 'order', isEntry: false },
    ])
    expect(far.resume(undefined, traceHeaders)).toEqual({})
    expect(far.resume(caller.replace(/01$/, '00'), traceHeaders)).toEqual({})
  })

  it('stays with its own work when another scope starts that work', () => {
    const kept = runInScope({ subgraph: 'order' }, () => keepScope(() => currentScope()?.subgraph))
    expect(runInScope({ subgraph: 'user' }, kept)).toBe('order')
  })

  it('samples requests at the configured ratio, whatever callers request', async () => {
    const tracing = await openTracing('router', { sampleRatio: 0.25, endpoint: undefined }, log)
    const count = (traceparent?: string) =>
      Array.from({ length: 100 }, () => tracing.begin('request', traceparent)).filter(Boolean)
        .length
    expect(count()).toBe(25)
    expect(count(caller)).toBe(25)
    expect(count(caller.replace(/01$/, '00'))).toBe(0)
    expect(await inSpan('work', {}, (span) => Promise.resolve(span))).toBeUndefined()
  })
})

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function receive(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; value: object }[] }
    readonly scopeSpans: readonly { readonly spans: readonly Record<string, unknown>[] }[]
  }[]
}

describe('an OTLP endpoint', () => {
  it('receives every span, the last ones when the process stops', async () => {
    const bodies: { path: string | undefined; text: string }[] = []
    const endpoint = await receive((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        bodies.push({ path: request.url, text })
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    const tracing = await openTracing('router', { sampleRatio: 1, endpoint: `${endpoint}/` }, log)
    const request = begin(tracing)
    await runInScope({ trace: request.trace }, () => inSpan('work', {}, () => Promise.resolve()))
    request.span.end()
    await tracing.close()
    expect(bodies.map(({ path }) => path)).toEqual(['/v1/traces'])
    const [sent] = (JSON.parse(bodies[0]?.text ?? '{}') as Sent).resourceSpans
    expect(sent?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'router' },
    })
    const spans = sent?.scopeSpans.flatMap((scope) => scope.spans) ?? []
    expect(spans).toMatchObject([
      { name: 'work', traceId: idOf(request), parentSpanId: request.span.spanContext().spanId },
      { name: 'request', traceId: idOf(request) },
    ])
  })

  it('that refuses causes one warning and nothing else', async () => {
    lines.length = 0
    const endpoint = await receive((_request, response) => response.writeHead(400).end())
    const tracing = await openTracing('router', { sampleRatio: 1, endpoint }, log)
    begin(tracing).span.end()
    await tracing.close()
    expect(lines.filter((line) => line.includes('trace.unsent'))).toHaveLength(1)
    expect(tracing.ring.list()).toHaveLength(1)
  })

  it('that never answers does not keep the process from ending', async () => {
    const endpoint = await receive(() => undefined)
    const tracing = await openTracing('router', { sampleRatio: 1, endpoint }, log)
    begin(tracing).span.end()
    await tracing.close()
    expect(tracing.ring.list()).toHaveLength(1)
  })
})
