import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { connect, type Db } from '@cnop/kit/dynamo'
import { sealHeaders } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { usd } from '@cnop/kit/money'
import type { Subgraph } from '@cnop/kit/subgraph'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { listEntries, readAccount } from '@cnop/ledger/balances'
import { openAccountWrites } from '@cnop/ledger/command'
import { ledgerTable } from '@cnop/ledger/tables'
import { loadCnyConfig } from './config.ts'
import { createCny } from './server.ts'
import { claimsTable } from './store/claims.ts'

const secret = 'a-secret-of-tests-with-enough-letters'
const phrase = 'Open Sesame 42'
const accented = 'Próspero año'
const clock = fakeClock()
const newId = countingIds()
let logged = ''
let store: TestDb
let directory: string
let first: Subgraph
let second: Subgraph
const connections: Db[] = []

interface Answer {
  readonly data?: { readonly claimRedPocket?: Record<string, string> } | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly details?: Record<string, string> }
  }[]
}

const log = createLog(
  'cny',
  { level: 'debug', filePath: undefined },
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString()
      done()
    },
  }),
)

/** One process: a connection, and with it a queue, of its own. */
async function openProcess(env: Readonly<Record<string, string>> = {}): Promise<Subgraph> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: store.endpoint })
  connections.push(db)
  const config = loadCnyConfig({
    CNY_SEAL_KEYS: `test:${secret}`,
    RED_POCKET_PHRASES: join(directory, 'phrases.json'),
    ...env,
  })
  return createCny(config, {
    db,
    bus: createMemoryBus(log),
    cache: createMemoryCache(clock.now),
    redis: undefined,
    now: clock.now,
    newId,
    log,
    ensureTables: (tables) => createTables(db, tables),
  })
}

async function ask(
  username: string | undefined,
  query: string,
  variables: object,
  subgraph = first,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables })
  const actor = username ? ({ username, role: 'customer', sessionId: 'ses_1' } as const) : undefined
  const identity = { requestId: 'req_1', actor, clientIp: undefined, userAgent: undefined }
  const headers = sealHeaders(
    { id: 'test', secret },
    { subgraph: 'cny', body, identity },
    clock.now(),
  )
  const reply = await subgraph.handle({ headers, body })
  return JSON.parse(reply.body) as Answer
}

const claim = `mutation ($input: ClaimRedPocketInput!) {
  claimRedPocket(input: $input) { amount size cashAfter nextClaimAt withdrawableAt }
}`
const state = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Portfolio { redPocket { claimedToday nextClaimAt isOffered canClaim } } }
}`

let count = 0
const newKey = (): string => `claim-${String(++count).padStart(8, '0')}`
const claimWith = (text: string, key = newKey(), username = 'alice_1', subgraph = first) =>
  ask(username, claim, { input: { key, phrase: text } }, subgraph)
const redPocketOf = (username: string, asker = username, subgraph = first) =>
  ask(asker, state, { of: [{ __typename: 'Portfolio', username }] }, subgraph)
const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code
const place = () => ({ db: store.db, table: 'ledger', now: clock.now })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cny-'))
  await writeFile(
    join(directory, 'phrases.json'),
    JSON.stringify({ [` ${phrase} `]: '168.00', other: 66.6, [accented.normalize('NFD')]: '88' }),
  )
  store = await startTestDb([claimsTable('claims'), ledgerTable('ledger')])
  first = await openProcess()
  second = await openProcess()
})
afterAll(async () => {
  await first.close()
  await second.close()
  for (const db of connections) db.close()
  await store.stop()
  await rm(directory, { recursive: true })
})
beforeEach(async () => {
  await store.reset()
  clock.set(Date.parse('2026-02-17T10:00:00.000Z'))
  for (const name of ['alice_1', 'bobby_1']) {
    await transact(store.db, openAccountWrites(place(), name))
  }
})

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
    expect(codeOf(await claimWith(''))).toBe('BAD_USER_INPUT')
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

describe('the protection against accounts that are opened for their red pocket', () => {
  it('refuses an account below the minimum age, and says from when it may', async () => {
    const strict = await openProcess({ RED_POCKET_MIN_AGE: '24h' })
    const refused = await claimWith(phrase, newKey(), 'alice_1', strict)
    expect(codeOf(refused)).toBe('ACCOUNT_TOO_NEW')
    expect(refused.errors?.[0]?.extensions.details).toMatchObject({
      availableAt: '2026-02-18T10:00:00.000Z',
    })
    const shown = (await redPocketOf('alice_1', 'alice_1', strict)).data as unknown
    expect(shown).toMatchObject({
      _entities: [{ redPocket: { claimedToday: false, nextClaimAt: '2026-02-18T10:00:00.000Z' } }],
    })
    clock.advance(86_399_999)
    expect(codeOf(await claimWith(phrase, newKey(), 'alice_1', strict))).toBe('ACCOUNT_TOO_NEW')
    clock.advance(1)
    expect(codeOf(await claimWith(phrase, newKey(), 'alice_1', strict))).toBeUndefined()
    await strict.close()
  })

  it('says from when the money can be withdrawn', async () => {
    const holding = await openProcess({ RED_POCKET_HOLD: '7d' })
    const { data } = await claimWith(phrase, newKey(), 'alice_1', holding)
    expect(data?.claimRedPocket).toMatchObject({ withdrawableAt: '2026-02-24T10:00:00.000Z' })
    await holding.close()
  })

  it('can be a switch: nobody gets one, and an earlier one is still answered under its key', async () => {
    const key = newKey()
    const opened = await claimWith(phrase, key)
    const closed = await openProcess({ RED_POCKET: 'false' })
    expect(codeOf(await claimWith(phrase, newKey(), 'bobby_1', closed))).toBe('RED_POCKET_CLOSED')
    expect(await claimWith(phrase, key, 'alice_1', closed)).toEqual(opened)
    const shown = (await redPocketOf('bobby_1', 'bobby_1', closed)).data as unknown
    expect(shown).toMatchObject({
      _entities: [{ redPocket: { isOffered: false, canClaim: false } }],
    })
    await closed.close()
  })

  it('differs by profile', () => {
    const keys = { CNY_SEAL_KEYS: `test:${secret}` }
    const production = loadCnyConfig({ ...keys, APP_PROFILE: 'production', STORE: 'aws' })
    expect(loadCnyConfig(keys)).toMatchObject({ isOffered: true, minAgeMs: 0, holdMs: 0 })
    expect(production).toMatchObject({ minAgeMs: 86_400_000, holdMs: 7 * 86_400_000 })
  })
})

describe('Portfolio.redPocket', () => {
  it('tells the owner whether today’s was opened, and nobody else', async () => {
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
