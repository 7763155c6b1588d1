import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { connect, type Db } from '@cnop/kit/dynamo'
import { signCall } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import type { Subgraph } from '@cnop/kit/subgraph'
import { createTables } from '@cnop/kit/tables'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { openAccountWrites } from '@cnop/ledger/command'
import { ledgerTable } from '@cnop/ledger/tables'
import { loadCnyConfig } from '../config.ts'
import { createCny } from '../server.ts'
import { claimsTable } from '../store/claims.ts'

export const secret = 'a-secret-of-tests-with-enough-letters'
export const phrase = 'Open Sesame 42'
export const accented = 'Próspero año'
export const clock = fakeClock()
const newId = countingIds()
export let logged = ''
export let store: TestDb
let directory: string
export let first: Subgraph
export let second: Subgraph
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
export async function openProcess(env: Readonly<Record<string, string>> = {}): Promise<Subgraph> {
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

export async function ask(
  username: string | undefined,
  query: string,
  variables: object,
  subgraph = first,
): Promise<Answer> {
  const body = JSON.stringify({ query, variables })
  const actor = username ? ({ username, role: 'customer', sessionId: 'ses_1' } as const) : undefined
  const identity = { requestId: 'req_1', actor, clientIp: undefined, userAgent: undefined }
  const headers = signCall({ id: 'test', secret }, { subgraph: 'cny', body, identity }, clock.now())
  const reply = await subgraph.handle({ headers, body })
  return JSON.parse(reply.body) as Answer
}

export const claim = `mutation ($input: ClaimRedPocketInput!) {
  claimRedPocket(input: $input) { amount size cashAfter nextClaimAt withdrawableAt }
}`
const state = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Portfolio { redPocket { claimedToday nextClaimAt isOffered canClaim } } }
}`

let count = 0
export const newKey = (): string => `claim-${String(++count).padStart(8, '0')}`
export const claimWith = (text: string, key = newKey(), username = 'alice_1', subgraph = first) =>
  ask(username, claim, { input: { key, phrase: text } }, subgraph)
export const redPocketOf = (username: string, asker = username, subgraph = first) =>
  ask(asker, state, { of: [{ __typename: 'Portfolio', username }] }, subgraph)
export const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code
export const place = () => ({ db: store.db, table: 'ledger', now: clock.now })

/** Two processes over one store, with two users; for one test file. */
export function useCnyWorld(): void {
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
}
