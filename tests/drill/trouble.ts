import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from '@cnop/kit/dynamo'
import { transact } from '@cnop/kit/transact'
import { accountKey } from '@cnop/ledger/keys'
import { createOperator, setFault } from '../world/admin.ts'
import { createClient } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import type { Platform } from './platform.ts'

const run = promisify(execFile)
const root = new URL('../../', import.meta.url).pathname

const signIn = 'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }'
const claim = 'mutation ($i: ClaimRedPocketInput!) { claimRedPocket(input: $i) { amount } }'
const burst = 600
/** Two scrapes: Prometheus sees the increase of a counter only after the counter exists. */
const scrapesMs = 9_000

/** Wrong passwords until the address is blocked and beyond, and more commands than a limit of a field allows. */
export async function guessPasswords(trader: Trader): Promise<void> {
  const guess = () =>
    trader.ask(signIn, { i: { username: trader.username, password: 'Wrong-Horse-26' } })
  const exceed = () => trader.ask(claim, { i: { key: `surge-${randomUUID()}`, phrase: 'no' } })
  for (let count = 0; count < 8; count++) await guess()
  for (let count = 0; count < 15; count++) await exceed()
  await delay(scrapesMs)
  await Promise.all(Array.from({ length: 60 }, guess))
  await Promise.all(Array.from({ length: 200 }, exceed))
}

/** More requests at once than the routers answer. */
export async function surge(trader: Trader): Promise<void> {
  const ask = () => trader.ask('{ me { username } }').catch(() => undefined)
  await Promise.all(Array.from({ length: burst }, ask))
}

const connectTo = (endpoint: string) => connect({ mode: 'embedded', region: 'us-west-2', endpoint })

async function changeBalance(endpoint: string, username: string, cents: number): Promise<void> {
  const db = connectTo(endpoint)
  await transact(db, [
    {
      update: {
        TableName: 'ledger',
        Key: accountKey(username),
        UpdateExpression: 'SET available = available + :gift',
        ExpressionAttributeValues: { ':gift': cents },
      },
      refused: () => new Error('The account has no row.'),
    },
  ])
  db.close()
}

/** Delays every call to inventory, as its operator can in the demo profile. A subgraph that ends is refused at once instead. */
export async function slowInventory(
  { engine, members, origin }: Platform,
  untilNoticed: () => Promise<unknown>,
): Promise<void> {
  const db = connectTo(engine.endpoint)
  const operator = await createOperator(createClient(origin), db).finally(() => db.close())
  const routers = members.filter(({ kind }) => kind === 'router')
  const set = (fault?: { kind: 'slow'; delayMs: number }) =>
    Promise.all(
      routers.map(({ port }) => setFault(`http://127.0.0.1:${port}`, operator, 'inventory', fault)),
    )
  await set({ kind: 'slow', delayMs: 1_500 })
  try {
    await untilNoticed()
  } finally {
    await set()
  }
}

/** Adds a cent without a journal entry, verifies, and mends it, as the runbook says. */
export async function breakLedger(
  { engine, env }: Platform,
  { username }: Trader,
  untilNoticed: () => Promise<unknown>,
): Promise<void> {
  const verify = (...parameters: string[]) => {
    const command = ['--import', 'tsx', 'ops/ledger-verify.ts', '--full', ...parameters]
    return run(process.execPath, command, { cwd: root, env })
  }
  await changeBalance(engine.endpoint, username, 1)
  await verify().catch(() => undefined)
  await untilNoticed()
  await changeBalance(engine.endpoint, username, -1)
  await verify('--reopen')
}
