import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createMemoryBus } from '@cnop/kit/bus'
import { systemClock } from '@cnop/kit/clock'
import { sortableIds } from '@cnop/kit/ids'
import { createLog } from '@cnop/kit/log'
import { usd } from '@cnop/kit/money'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { closeLedger, type LedgerDeps, openAccountWrites, runCommand } from '@cnop/ledger/command'
import { depositEntry } from '@cnop/ledger/entry'
import { accountKey } from '@cnop/ledger/keys'
import { followSwitch, readSwitch } from '@cnop/ledger/switch'
import { ledgerTable } from '@cnop/ledger/tables'
import { shards, verifyShard } from '@cnop/ledger/verify-new'
import { ordersTable } from '@cnop/order/operator'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const log = createLog('test', { level: 'silent', filePath: undefined })
let store: TestDb
let deps: LedgerDeps

beforeAll(async () => {
  store = await startTestDb([ledgerTable('ledger'), ordersTable('orders')])
  deps = {
    db: store.db,
    table: 'ledger',
    now: systemClock,
    newId: sortableIds(),
    limits: { deposit: usd('10000.00'), withdrawal: usd('5000.00'), redPocketHoldMs: 0 },
    log,
  }
  await openAlice()
})

async function openAlice(): Promise<void> {
  await transact(store.db, openAccountWrites(deps, 'alice'))
  const command = { username: 'alice', key: 'opening-cash', name: 'deposit', input: {} }
  await runCommand(deps, command, () => ({ entry: depositEntry(usd('10.00')), result: {} }))
}
afterAll(() => store.stop())

/** Runs the command as an operator does. */
function verify(...parameters: string[]): Promise<{ code: number; lines: string[] }> {
  const env = {
    PATH: process.env['PATH'],
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: store.endpoint,
    REDIS_URL: '',
  }
  return new Promise((resolve) => {
    const program = ['--import', 'tsx', `${root}ops/ledger-verify.ts`, ...parameters]
    const child = execFile(process.execPath, program, { env, cwd: root }, (_error, stdout) => {
      resolve({ code: child.exitCode ?? -1, lines: stdout.trim().split('\n') })
    })
  })
}

async function giveAvailable(cents: bigint): Promise<void> {
  const update = {
    TableName: 'ledger',
    Key: accountKey('alice'),
    UpdateExpression: 'SET available = available + :gift',
    ExpressionAttributeValues: { ':gift': cents },
  }
  await transact(store.db, [{ update }])
}

const last = ({ lines }: { lines: string[] }): unknown => JSON.parse(lines.at(-1) ?? '')

describe('npm run ledger:verify', () => {
  it('verifies new entries, and finds an earlier alteration there', async () => {
    await Promise.all(shards.map((shard) => verifyShard(deps, shard)))
    await giveAvailable(10n)
    const again = { username: 'alice', key: 'more-cash-1', name: 'deposit', input: {} }
    await runCommand(deps, again, () => ({ entry: depositEntry(usd('1.00')), result: {} }))
    const found = await verify()
    expect(found.code).toBe(1)
    expect(found.lines[0]).toBe('WRONG_CASH_AFTER of alice: the cash after the entry is wrong')
    expect(last(found)).toMatchObject({ isBalanced: false, entries: 1 })
    await store.reset()
    await openAlice()
  })

  it('names the first discrepancy and fails, and keeps a closed ledger closed until it is correct again', async () => {
    const follower = await followSwitch({ ...deps, bus: createMemoryBus(log) })
    closeLedger(deps, new Error('Ten cents are too many.'))
    await follower.look()
    await giveAvailable(10n)

    const wrong = await verify('--full', '--reopen')
    expect(wrong.code).toBe(1)
    expect(wrong.lines[0]).toMatch(/read-only since .*: Ten cents are too many\./)
    expect(wrong.lines[1]).toBe(
      'First discrepancy: WRONG_CASH of alice: available cash is 1010, the journal says 1000',
    )
    expect(last(wrong)).toMatchObject({ isBalanced: false, discrepancies: 1, isReadOnly: true })
    expect(await readSwitch(deps)).toBeDefined()

    await giveAvailable(-10n)
    const right = await verify('--full', '--reopen')
    expect(right.code).toBe(0)
    expect(last(right)).toMatchObject({ isBalanced: true, entries: 1, isReadOnly: false })
    expect(await readSwitch(deps)).toBeUndefined()
    await follower.stop()
  })
})
