import { describe, expect, it } from '@jest/globals'
import { type Identity, verifyCall, rememberNonces, signCall, signatureSkewMs } from './identity.ts'

const key = { id: 'k1', secret: 'a secret of at least thirty-two characters' }
const identity: Identity = {
  requestId: 'req-12345678',
  actor: { username: 'mei_lin', role: 'customer', sessionId: 'ses_1' },
  clientIp: '203.0.113.7',
  userAgent: 'Browser/1.0 (Ünïcode)',
  api: 'rest',
  momentMs: 1_799_999_999_900,
}
const call = { subgraph: 'order', body: '{"query":"{ __typename }"}', identity }
const now = 1_800_000_000_000

const open = (
  headers: Record<string, string | undefined>,
  at = now,
  overrides: Partial<typeof call> = {},
) => verifyCall([key], { ...call, ...overrides, headers }, at, rememberNonces())

it('carries the whole identity', () => {
  expect(open(signCall(key, call, now))).toEqual(identity)
})

it('has no actor for an anonymous caller', () => {
  const stranger = { ...identity, actor: undefined }
  expect(open(signCall(key, { ...call, identity: stranger }, now)).actor).toBeUndefined()
})

describe('a refused signature', () => {
  it.each([
    'x-user-id',
    'x-user-role',
    'x-session-id',
    'x-client-ip',
    'x-client-agent',
    'x-client-api',
    'x-request-id',
    'x-moment',
    'x-seal-time',
    'x-seal-nonce',
    'x-seal-key',
    'x-seal',
    'x-source',
  ])('is one whose %s was altered or removed', (name) => {
    const headers = signCall(key, call, now)
    expect(() => open({ ...headers, [name]: `${headers[name] ?? ''}1` })).toThrow(
      /signature|signed calls/,
    )
    expect(() => open({ ...headers, [name]: undefined })).toThrow(/signature|signed calls/)
  })

  it('is one in another spelling', () => {
    const headers = signCall(key, call, now)
    expect(() => open({ ...headers, 'x-seal': `${headers['x-seal']}=` })).toThrow(/does not match/)
  })

  it('is one for another body or another subgraph', () => {
    const headers = signCall(key, call, now)
    expect(() => open(headers, now, { body: '{}' })).toThrow(/does not match/)
    expect(() => open(headers, now, { subgraph: 'user' })).toThrow(/does not match/)
  })

  it('is one from too far in the past or the future', () => {
    const headers = signCall(key, call, now)
    expect(() => open(headers, now + signatureSkewMs)).not.toThrow()
    expect(() => open(headers, now + signatureSkewMs + 1)).toThrow(/has expired/)
    expect(() => open(headers, now - signatureSkewMs - 1)).toThrow(/has expired/)
  })

  it('is one that was used before', () => {
    const isFresh = rememberNonces()
    const headers = signCall(key, call, now)
    const use = () => verifyCall([key], { ...call, headers }, now, isFresh)
    expect(use).not.toThrow()
    expect(use).toThrow(/used before/)
  })

  it('is one made with a key that was rotated out', () => {
    const next = { id: 'k2', secret: 'another secret of thirty-two characters' }
    const headers = signCall(key, call, now)
    expect(() => verifyCall([next, key], { ...call, headers }, now, rememberNonces())).not.toThrow()
    expect(() => verifyCall([next], { ...call, headers }, now, rememberNonces())).toThrow(
      /signed calls/,
    )
  })
})

it('keeps a nonce as long as its signature is valid, and no longer', () => {
  const isFresh = rememberNonces(1000)
  expect(isFresh('a', 0)).toBe(true)
  expect(isFresh('a', 999)).toBe(false)
  expect(isFresh('a', 1500)).toBe(false)
  expect(isFresh('a', 4000)).toBe(true)
})
