import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from '@cnop/kit/dynamo'
import { transact } from '@cnop/kit/transact'
import { accountKey } from '@cnop/ledger/keys'
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

async function changeBalance(endpoint: string, username: string, cents: number): Promise<void> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint })
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
