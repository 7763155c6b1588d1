import { expect, it } from '@jest/globals'
import { parseHealth } from './use-health.ts'

it('parses checks that are strings, objects or groups of them', () => {
  const health = parseHealth({
    status: 'degraded (no Redis)',
    version: '1.0.0',
    checks: {
      api: 'ok',
      redis: { status: 'down', latencyMs: 1.234 },
      subgraphs: {
        user: { status: 'healthy', place: 'hosted', breaker: 'closed', checks: { store: 'ok' } },
        order: { status: 'unhealthy', checks: { store: 'STORE_UNAVAILABLE' }, queueLength: 3 },
        cny: { status: 'unreachable', place: 'remote', latencyMs: 0 },
      },
    },
  })
  expect(health.status).toBe('degraded (no Redis)')
  expect(health.checks).toEqual([
    { name: 'api', status: 'ok', details: [] },
    { name: 'redis', status: 'down', details: ['answered in 1.2 ms'] },
    { name: 'user', status: 'healthy', details: ['runs inside the router'], breaker: 'closed' },
    {
      name: 'order',
      status: 'unhealthy',
      details: ['its store does not answer', 'queue length: 3'],
    },
    { name: 'cny', status: 'unreachable', details: ['runs by itself'] },
  ])
})

it('accepts an unknown report', () => {
  expect(parseHealth('hello')).toEqual({ status: 'unknown', version: undefined, checks: [] })
})
