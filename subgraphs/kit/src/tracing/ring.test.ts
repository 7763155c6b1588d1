import { expect, it } from '@jest/globals'
import { openTraceRing, type SpanRecord } from './ring.ts'

const span = (traceId: string, name = 'work', attributes = {}): SpanRecord => ({
  traceId,
  spanId: 'a',
  parentId: undefined,
  name,
  service: 'order',
  startedAtMs: 0,
  durationMs: 1,
  isError: false,
  isEntry: true,
  attributes,
})

it('keeps the last traces and forgets the oldest', () => {
  const ring = openTraceRing()
  for (let count = 0; count < 250; count++) ring.add(span(`t${count}`))
  const kept = ring.list().map(({ traceId }) => traceId)
  expect(kept).toHaveLength(200)
  expect([kept[0], kept[199]]).toEqual(['t249', 't50'])
  expect(ring.find('t49')).toBeUndefined()
})

it('keeps no more spans of one trace than it may, and counts the others', () => {
  const ring = openTraceRing()
  for (let count = 0; count < 1_000; count++) ring.add(span('same'))
  expect(ring.find('same')?.spans).toHaveLength(300)
  expect(ring.find('same')?.dropped).toBe(700)
})

it('forgets the oldest traces when all together need too much memory', () => {
  const ring = openTraceRing({ traces: 200, spansPerTrace: 300, bytes: 50_000 })
  const long = { note: 'x'.repeat(10_000) }
  for (const traceId of ['one', 'two', 'three', 'four']) ring.add(span(traceId, 'work', long))
  expect(ring.list().map(({ traceId }) => traceId)).toEqual(['four', 'three'])
})
