import { describe, expect, it } from '@jest/globals'
import {
  arrange,
  arrangePlan,
  formatDuration,
  type PlannedCall,
  type PlanNode,
  type Span,
} from './trace.ts'

const span = (spanId: string, parentId: string | null): Span => ({
  spanId,
  parentId,
  name: spanId,
  service: 'router',
  offsetMs: 0,
  durationMs: 1,
  hasFailed: false,
  attributes: {},
})

const call = (service: string, after: readonly number[]): PlannedCall => ({
  service,
  after,
  isPublic: false,
  operation: '{ a }',
  paths: [''],
})

describe('the waterfall', () => {
  it('puts every span under its parent', () => {
    const spans = [span('root', null), span('b', 'root'), span('c', 'root'), span('b1', 'b')]
    expect(arrange(spans).map(({ span: { spanId }, depth }) => [spanId, depth])).toEqual([
      ['root', 0],
      ['b', 1],
      ['b1', 2],
      ['c', 1],
    ])
  })

  it.each([
    [0.04, '0.0 ms'],
    [3.21, '3.2 ms'],
    [42.4, '42 ms'],
    [1_234, '1.2 s'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

it('puts a call of the plan below the last one that it waits for', () => {
  const calls = [
    call('user', []),
    call('order', [0]),
    call('inventory', []),
    call('insights', [0, 1]),
  ]
  const shape = (nodes: readonly PlanNode[]): unknown[] =>
    nodes.map(({ call: { service }, next }) => [service, ...shape(next)])
  expect(shape(arrangePlan(calls))).toEqual([['user', ['order', ['insights']]], ['inventory']])
})
