import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { attacks } from '../attack/areas/guards.ts'
import { type GuardWorld, openGuardWorld } from '../attack/guards/world.ts'
import { auditOver } from '../audit-http/audit.ts'

let world: GuardWorld
beforeAll(async () => {
  world = await openGuardWorld()
})
afterAll(() => world.stop())

describe('the guards', () => {
  it.each(attacks)('repel $name', async ({ run }) => {
    await expect(run(world)).resolves.toBeUndefined()
  })
})

describe('GraphQL over HTTP', () => {
  it('is spoken without a warning', async () => {
    const { ok, notices, warnings, errors } = await auditOver(world.open.origin)
    expect([warnings, errors]).toEqual([[], []])
    expect(ok + notices.length).toBe(61)
    // Forms in addresses are refused on purpose: a foreign page could send them.
    expect(notices.length).toBeLessThanOrEqual(3)
  })
})

describe('other origins', () => {
  const preflight = (origin: string) =>
    world.open.send({
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })

  it('may read only when they are listed, and then see their limits', async () => {
    const listed = await preflight('http://localhost:3000')
    expect(listed.headers['access-control-allow-origin']).toBe('http://localhost:3000')
    const { headers } = await world.open.send({
      headers: { origin: 'http://localhost:3000' },
      body: { query: '{ __typename }' },
    })
    expect(headers['access-control-expose-headers']).toMatch(/X-RateLimit-Remaining.*RateLimit/)
    expect((await preflight('http://evil.example')).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })
})
