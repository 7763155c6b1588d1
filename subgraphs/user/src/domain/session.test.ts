import { describe, expect, it } from '@jest/globals'
import { judgeRefresh, type Session } from './session.ts'

const start = Date.parse('2026-01-05T10:00:00.000Z')

const session: Session = {
  id: 'ses_1',
  username: 'trader',
  createdAt: '2026-01-05T09:00:00.000Z',
  lastUsedAt: '2026-01-05T10:00:00.000Z',
  expiresAt: '2026-01-06T10:00:00.000Z',
  accessExpiresAt: '2026-01-05T10:10:00.000Z',
  lifetime: 'SHORT',
  generation: 0n,
  userAgent: undefined,
  refresh: {
    familyHash: 'family',
    currentHash: 'current',
    previousHash: 'previous',
    spentAtMs: start,
    spentBy: 'laptop',
    salt: 'salt',
  },
}

describe('judgeRefresh', () => {
  it.each([
    ['the token in force', 'family', 'current', start, 'ROTATE'],
    ['it at the last millisecond', 'family', 'current', start + 86_399_999, 'ROTATE'],
    ['it when the session is over', 'family', 'current', start + 86_400_000, 'UNKNOWN'],
    ['the last spent one at once', 'family', 'previous', start, 'REPEAT'],
    ['the last spent one within its grace', 'family', 'previous', start + 9_999, 'REPEAT'],
    ['the last spent one after its grace', 'family', 'previous', start + 10_000, 'REUSED'],
    ['an older one', 'family', 'older', start, 'REUSED'],
    ['a guess', 'guess', 'current', start, 'UNKNOWN'],
  ])('judges %s', (_what, familyHash, secretHash, nowMs, verdict) => {
    const presented = { device: 'laptop', nowMs }
    expect(judgeRefresh(session, { familyHash, secretHash }, presented)).toBe(verdict)
  })

  it.each([
    ['current', 'ROTATE'],
    ['previous', 'REUSED'],
  ])('judges the %s token of another device', (secretHash, verdict) => {
    const presented = { device: 'phone', nowMs: start }
    expect(judgeRefresh(session, { familyHash: 'family', secretHash }, presented)).toBe(verdict)
  })
})
