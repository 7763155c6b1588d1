import { openActivity } from '@cnop/kit/activity'
import { openLease } from '@cnop/kit/lease'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { accountKey, shardOf } from '@cnop/ledger/keys'
import { readSwitch } from '@cnop/ledger/switch'
import { demoUsername } from '@cnop/kit/demo'
import { usd } from '@cnop/kit/money'
import { shards } from '@cnop/ledger/verify-new'
import { ledgerChanged } from '@cnop/schema/events'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit } from './commands/move-cash.ts'
import { seedDemoUser } from './commands/seed-demo-user.ts'
import { verifyLedger } from './commands/verify-ledger.ts'
import { startLedgerVerifier } from './jobs/ledger-verifier.ts'
import { verifyLeaseKey } from './store/keys.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
})
afterAll(() => world.stop())

const healthQuery = /* GraphQL */ `
  {
    ledgerHealth {
      isBalanced
      accounts
      entries
      verifiedAt
      isReadOnly
      assets {
        assetId
        isBalanced
      }
    }
  }
`

const verifyAll = async () => {
  for (const shard of shards) await verifyLedger(world.deps, shard)
}
/** A verifier that stops skips what it has not begun, so its first turn is awaited. */
const verifyOnce = async () => {
  const verifier = startLedgerVerifier(world.deps, minuteMs)
  await verifier.first
  await verifier.stop()
}
const readHealth = async () => (await world.call(healthQuery)).data?.['ledgerHealth']
const minuteMs = 60_000
const elapsedMs = () => world.clock.now()
const nowText = () => new Date(world.clock.now()).toISOString()
const actor = { username: demoUsername, role: 'customer' as const, sessionId: 'ses_x' }

describe('the demo user', () => {
  it('is opened once, 90 days ago, by any number of processes', async () => {
    const password = 'Demo-Trader-2026!'
    const daysAgo = (days: number) => new Date(world.clock.now() - days * 86_400_000).toISOString()
    await Promise.all([seedDemoUser(world.deps, password), seedDemoUser(world.deps, password)])
    await deposit(world.deps, actor, { key: 'first-deposit', amount: usd('10000.00') })
    world.clock.advance(3 * 86_400_000)
    await seedDemoUser(world.deps, password)
    const { data } = await world.call(
      '{ me { createdAt portfolio { cash { posted } } } }',
      {},
      actor,
    )
    expect(data).toEqual({
      me: { createdAt: daysAgo(93), portfolio: { cash: { posted: '10000.00' } } },
    })
    await expect(world.signIn(demoUsername, password)).resolves.toHaveProperty('accessToken')
  })
})

describe('ledgerHealth', () => {
  it('shows anyone what the last verification found', async () => {
    await verifyAll()
    expect(await readHealth()).toEqual({
      isBalanced: true,
      accounts: 1,
      entries: 1,
      verifiedAt: new Date(world.clock.now()).toISOString(),
      isReadOnly: false,
      assets: [{ assetId: 'USD', isBalanced: true }],
    })
  })

  it('is verified by the holders of the leases, which come to an end or are returned', async () => {
    const { store } = world.deps
    const openRival = (shard: number) =>
      openLease({
        ...{ store, key: verifyLeaseKey(shard), now: world.clock.now },
        ...{ holder: 'rival', durationMs: minuteMs },
      })
    world.clock.advance(minuteMs * 10)
    expect(await openRival(shardOf(demoUsername)).take()).toBe(true)
    await verifyOnce()
    expect(await readHealth()).not.toHaveProperty('verifiedAt', nowText())
    world.clock.advance(minuteMs)
    await verifyOnce()
    expect(await readHealth()).toHaveProperty('verifiedAt', nowText())
    world.clock.advance(1)
    await verifyOnce()
    expect(await readHealth()).toHaveProperty('verifiedAt', nowText())
  })

  it('says how long the oldest unverified entry has waited', async () => {
    const readMetrics = () => world.subgraph.metrics.registry.metrics()
    const deposit =
      'mutation { deposit(input: { key: "key-00000008", amount: "1.00" }) { entry { id } } }'
    expect(await readMetrics()).toContain('user_ledger_unverified_seconds 0')
    await world.call(deposit, {}, actor)
    world.clock.advance(minuteMs)
    expect(await readMetrics()).toContain('user_ledger_unverified_seconds 60')
    await verifyOnce()
    expect(await readMetrics()).toContain('user_ledger_unverified_seconds 0')
    expect(await readHealth()).toMatchObject({ accounts: 1, entries: 2 })
  })

  it('wakes a resting process when money moves in another one', async () => {
    const activity = openActivity(world.deps.store.db, { idleAfterMs: minuteMs, elapsedMs })
    const verifier = startLedgerVerifier(world.deps, minuteMs)
    await verifier.first
    world.clock.advance(minuteMs)
    expect(activity.isIdle()).toBe(true)
    await world.deps.bus.publish(ledgerChanged, {})
    await verifier.stop()
    expect(activity.isIdle()).toBe(false)
  })

  it('closes the ledger when an amount was tampered with and moves', async () => {
    const { ledger } = world.config.tables
    await world.store.db.documents.send(
      new UpdateCommand({
        TableName: ledger,
        Key: accountKey(demoUsername),
        UpdateExpression: 'SET available = available + :gift',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':gift': 100n },
      }),
    )
    const deposit =
      'mutation { deposit(input: { key: "key-00000009", amount: "1.00" }) { entry { id } } }'
    await world.call(deposit.replace('0009', '0010'), {}, actor)
    await verifyAll()
    expect(await readHealth()).toMatchObject({ isBalanced: false, isReadOnly: true })
    expect(await world.refusal(deposit, {}, actor)).toBe('LEDGER_READ_ONLY')
    const metrics = await world.subgraph.metrics.registry.metrics()
    expect(metrics).toContain('user_ledger_read_only 1')
    expect(await readSwitch(world.deps.ledger)).toHaveProperty('reason')
  })
})
