import { describe, expect, it } from '@jest/globals'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { usd } from '@cnop/kit/money'
import { readAccount } from '@cnop/ledger/balances'
import { listEntries } from '@cnop/ledger/activity'
import {
  accented,
  ask,
  claim,
  claimWith,
  clock,
  codeOf,
  first,
  logged,
  newKey,
  phrase,
  place,
  redPocketOf,
  second,
  store,
  useCnyWorld,
} from './testing/cny-world.ts'

useCnyWorld()

describe('a red pocket', () => {
  it('is big for a special phrase, with blanks around it ignored', async () => {
    expect(await claimWith(`  ${phrase}\n`)).toEqual({
      data: {
        claimRedPocket: {
          amount: '168.00',
          size: 'BIG',
          cashAfter: '168.00',
          nextClaimAt: '2026-02-18T00:00:00.000Z',
          withdrawableAt: null,
        },
      },
    })
    const { entries } = await listEntries(place(), { username: 'alice_1', first: 10 })
    expect(entries).toMatchObject([{ kind: 'RED_POCKET', cashAfter: usd('168') }])
  })

  it.each(['anything', phrase.toLowerCase(), `${phrase}!`, '長'.repeat(200)])(
    'is small for any other phrase: %s',
    async (text) => {
      const { data } = await claimWith(text)
      expect(data?.claimRedPocket).toMatchObject({ amount: '8.88', size: 'SMALL' })
    },
  )

  it.each(['NFC', 'NFD'] as const)('is found in Unicode form %s', async (form) => {
    const { data } = await claimWith(accented.normalize(form))
    expect(data?.claimRedPocket).toMatchObject({ amount: '88.00', size: 'BIG' })
  })

  it('refuses with one code, in one order: shape, idempotency, existence, the day', async () => {
    expect(codeOf(await claimWith(phrase, 'short'))).toBe('BAD_USER_INPUT')
    expect(codeOf(await claimWith('   '))).toBe('BAD_USER_INPUT')
    for (const nothing of ['', '\0', '\u200B', '\u00AD', '\u2060', '\u3164 ']) {
      expect(codeOf(await claimWith(nothing))).toBe('BAD_USER_INPUT')
    }
    expect(codeOf(await claimWith('x'.repeat(201)))).toBe('BAD_USER_INPUT')
    expect(codeOf(await claimWith('anything', newKey(), 'nobody_1'))).toBe('USER_NOT_FOUND')
    expect(codeOf(await ask(undefined, claim, { input: { key: newKey(), phrase } }))).toBe(
      'UNAUTHENTICATED',
    )
    const key = newKey()
    await claimWith('anything', key)
    expect(codeOf(await claimWith(phrase, key))).toBe('IDEMPOTENCY_KEY_REUSED')
    const again = await claimWith(phrase)
    expect(codeOf(again)).toBe('ALREADY_CLAIMED_TODAY')
    expect(again.errors?.[0]?.extensions.details).toEqual({
      nextClaimAt: '2026-02-18T00:00:00.000Z',
    })
  })

  it('answers a repeat with the first result, even on the next day, and pays once', async () => {
    const key = newKey()
    const answer = await claimWith(phrase, key)
    clock.advance(14 * 3_600_000)
    expect(await claimWith(phrase, key)).toEqual(answer)
    expect(await readAccount(place(), 'alice_1')).toMatchObject({ available: usd('168') })
  })

  it('can be opened again when the UTC day has changed', async () => {
    clock.set(Date.parse('2026-02-17T23:59:59.999Z'))
    await claimWith(phrase)
    expect(codeOf(await claimWith(phrase))).toBe('ALREADY_CLAIMED_TODAY')
    clock.advance(1)
    expect((await claimWith('other')).data?.claimRedPocket).toMatchObject({
      amount: '66.60',
      cashAfter: '234.60',
    })
  })

  it('is opened once by a hundred concurrent claims from two processes', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        claimWith(phrase, newKey(), 'alice_1', index % 2 ? first : second),
      ),
    )
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
    const refusals = answers.filter(({ errors }) => errors).map(codeOf)
    expect(new Set(refusals)).toEqual(new Set(['ALREADY_CLAIMED_TODAY']))
    expect(await readAccount(place(), 'alice_1')).toMatchObject({ available: usd('168') })
  })
})

describe('Portfolio.redPocket', () => {
  it('shows only the owner whether today’s was opened', async () => {
    const pocket = async (username: string) =>
      (await redPocketOf(username)).data as unknown as { _entities: unknown[] }
    await claimWith(phrase)
    expect((await pocket('alice_1'))._entities).toEqual([
      {
        redPocket: {
          claimedToday: true,
          nextClaimAt: '2026-02-18T00:00:00.000Z',
          isOffered: true,
          canClaim: false,
        },
      },
    ])
    expect((await pocket('bobby_1'))._entities).toEqual([
      {
        redPocket: {
          claimedToday: false,
          nextClaimAt: '2026-02-17T10:00:00.000Z',
          isOffered: true,
          canClaim: true,
        },
      },
    ])
    expect(codeOf(await redPocketOf('alice_1', 'bobby_1'))).toBe('FORBIDDEN')
  })
})

describe('a phrase', () => {
  it('stays out of rows, logs and errors', async () => {
    await claimWith(phrase)
    const refused = await claimWith(phrase)
    const rows = await Promise.all(
      ['claims', 'ledger'].map((TableName) =>
        store.db.documents.send(new ScanCommand({ TableName })),
      ),
    )
    const text = JSON.stringify(rows, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    expect(text).toContain('RED_POCKET')
    expect(logged).toContain('red_pocket.claimed')
    for (const place of [text, logged, JSON.stringify(refused)]) expect(place).not.toContain(phrase)
  })
})
