import { usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import { canonicalJson } from '@cnop/kit/canonical-json'
import { hasValidHash, type JournalEntry, withHash } from './chain.ts'
import { depositEntry } from './entry.ts'

const entry = withHash({
  ...depositEntry(usd('5.00')),
  username: 'alice',
  sequence: 1n,
  id: 'ent_1',
  createdAt: '2026-01-05T10:00:00.000Z',
  cashAfter: usd('5.00'),
  cashHeldAfter: usd('0.00'),
  previousHash: '',
})

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: { d: 'x', c: null } }, '{"a":{"c":null,"d":"x"},"b":1}'],
    [{ a: undefined, b: [true, 10n, 'é"'] }, '{"b":[true,"10","é\\""]}'],
    [[], '[]'],
  ])('is one text for one value: %#', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })
})

describe('a journal entry', () => {
  it('keeps its hash when its fields come in another order, as they do from a store', () => {
    const shuffled = Object.fromEntries(Object.entries(entry).reverse()) as unknown as JournalEntry
    const postings = entry.postings.map(({ account, assetId, amount }) => ({
      amount,
      assetId,
      account,
    }))
    expect(hasValidHash({ ...shuffled, postings })).toBe(true)
  })

  it.each<[string, Partial<JournalEntry>]>([
    ['username', { username: 'bob' }],
    ['sequence', { sequence: 2n }],
    ['id', { id: 'ent_2' }],
    ['createdAt', { createdAt: '2026-01-05T10:00:00.001Z' }],
    ['kind', { kind: 'RED_POCKET' }],
    ['postings', { postings: depositEntry(usd('5.01')).postings }],
    ['orderId', { orderId: 'ord_1' }],
    ['cashAfter', { cashAfter: usd('5.01') }],
    ['cashHeldAfter', { cashHeldAfter: usd('0.01') }],
    ['previousHash', { previousHash: 'abc' }],
  ])('is broken by a change of %s', (_field, change) => {
    expect(hasValidHash({ ...entry, ...change })).toBe(false)
  })
})
