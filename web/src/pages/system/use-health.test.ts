import { expect, it } from '@jest/globals'
import { parseHealth } from './use-health.ts'

it('parses checks that are strings, objects or groups of them', () => {
  const health = parseHealth({
    status: 'degraded (no Redis)',
    version: '1.0.0',
    checks: {
      api: 'ok',
      redis: { status: 'down', latencyMs: 1.234 },
      subgraphs: { user: { status: 'healthy', breaker: 'closed' } },
    },
  })
  expect(health.status).toBe('degraded (no Redis)')
  expect(health.checks).toEqual([
    { name: 'api', status: 'ok', details: [] },
    { name: 'redis', status: 'down', details: ['latencyMs: 1.2'] },
    { name: 'user', status: 'healthy', details: ['breaker: closed'] },
  ])
})

it('accepts an unknown report', () => {
  expect(parseHealth('hello')).toEqual({ status: 'unknown', version: undefined, checks: [] })
})
