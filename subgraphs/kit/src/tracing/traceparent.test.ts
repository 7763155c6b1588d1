import { describe, expect, it } from '@jest/globals'
import { isSampled, parseTraceparent } from './traceparent.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

describe('a traceparent', () => {
  it('names a trace, the span of its caller, and whether it is recorded', () => {
    const recorded = parseTraceparent(`00-${traceId}-${spanId}-01`)
    expect(recorded).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true })
    expect(recorded && isSampled(recorded)).toBe(true)
    const silent = parseTraceparent(`00-${traceId}-${spanId}-00`)
    expect(silent && isSampled(silent)).toBe(false)
  })

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['of another version', `01-${traceId}-${spanId}-01`],
    ['too long', `00-${traceId}-${spanId}-01-more`],
    ['in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['short', `00-${traceId.slice(1)}-${spanId}-01`],
    ['padded', ` 00-${traceId}-${spanId}-01`],
  ])('counts as absent when it is %s', (_name, text) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })
})
