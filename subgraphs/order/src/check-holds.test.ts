import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { openLease } from '@cnop/kit/lease'
import { verifyLedger } from '@cnop/ledger/verify'
import { shards, verifyShard } from '@cnop/ledger/verify-new'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { checkHolds } from './commands/check-holds.ts'
import { holdsLeaseKey, openKey, orderKey, secondKey } from './store/keys.ts'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let orderId: string

const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }`

async function placeLimit(key: string, input: object): Promise<string> {
  const answer = await world.ask('alice_1', place, { input: { key, type: 'LIMIT', ...input } })
  return (answer.data?.['placeOrder'] as { order: { id: string } }).order.id
}

const verify = () =>
  verifyLedger(world.ledger, {
    checkHolds: (username, holds) => checkHolds(world.main.deps.store, username, holds),
  })

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_JOBS: 'false' })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await world.openUser('alice_1', '5000')
  const buy = { side: 'BUY', assetId: 'BTC', quantity: '0.01', limitPrice: '60000' }
  orderId = await placeLimit('key-00000001', buy)
})

describe('the holds of open orders', () => {
  it('are what the journal says', async () => {
    expect(await verify()).toMatchObject({ isBalanced: true, entries: 2 })
  })

  it('differ when an order claims another hold than its own', async () => {
    await world.ledger.db.documents.send(
      new UpdateCommand({
        TableName: 'orders',
        Key: orderKey('alice_1', orderId),
        UpdateExpression: 'SET heldCash = :other',
        ExpressionAttributeValues: { ':other': '59999' },
      }),
    )
    const { isBalanced, discrepancy } = await verify()
    expect(isBalanced).toBe(false)
    expect(discrepancy).toMatchObject({ username: 'alice_1', kind: 'WRONG_HOLD' })
    expect(discrepancy?.message).toMatch(/should hold 59999 of USD, the journal says 60000 of USD/)
  })

  it('differ when an order ends without returning what it held', async () => {
    await world.ledger.db.documents.send(
      new UpdateCommand({
        TableName: 'orders',
        Key: orderKey('alice_1', orderId),
        UpdateExpression: 'SET #status = :ended',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':ended': 'CANCELLED' },
      }),
    )
    expect((await verify()).discrepancy?.message).toMatch(/not open is found among the open/)
  })

  it('are reported to operators while they are wrong', async () => {
    const { holds, subgraph } = world.main
    const setHeld = (held: string) =>
      world.ledger.db.documents.send(
        new UpdateCommand({
          TableName: 'orders',
          Key: orderKey('alice_1', orderId),
          UpdateExpression: 'SET heldCash = :held',
          ExpressionAttributeValues: { ':held': held },
        }),
      )
    const readMetrics = () => subgraph.metrics.registry.metrics()
    expect(await readMetrics()).toContain('order_holds_checked_timestamp_seconds 0')
    await Promise.all(shards.map((shard) => verifyShard(world.ledger, shard)))
    world.clock.advance(30_000)
    expect(await readMetrics()).toContain('order_holds_unchecked_seconds 30')
    await setHeld('59999')
    const lease = { store: world.main.deps.store, key: holdsLeaseKey, now: world.clock.now }
    const rival = openLease({ ...lease, holder: 'rival', durationMs: 60_000 })
    await rival.take()
    await holds.check()
    expect(await readMetrics()).toContain('order_wrong_holds 0')
    await rival.release()
    await holds.check()
    expect(await readMetrics()).toContain('order_wrong_holds 1')
    const seconds = world.clock.now() / 1_000
    expect(await readMetrics()).toContain(`order_holds_checked_timestamp_seconds ${seconds}`)
    await setHeld('60000')
    await holds.check()
    expect(await readMetrics()).toContain('order_wrong_holds 0')
    expect(await readMetrics()).toContain('order_holds_unchecked_seconds 0')
    await setHeld('59999')
    await holds.check()
    expect(await readMetrics()).toContain('order_wrong_holds 0')
    expect((await verify()).discrepancy).toMatchObject({ kind: 'WRONG_HOLD' })
  })

  it('are missed when the matcher could not find the order', async () => {
    const Key = openKey('alice_1', orderId)
    await world.ledger.db.documents.send(new DeleteCommand({ TableName: 'orders', Key }))
    expect((await verify()).discrepancy?.message).toMatch(/is open but not found/)
  })

  it('are missed when an order waits in one of its two books only, or in one too many', async () => {
    const prices = { limitPrice: '60000', stopPrice: '70000' }
    const buy = { side: 'BUY', type: 'OCO', assetId: 'BTC', quantity: '0.01', ...prices }
    const oco = await placeLimit('key-00000002', buy)
    expect(await verify()).toMatchObject({ isBalanced: true })
    const { documents } = world.ledger.db
    const Key = secondKey('alice_1', oco)
    const { Attributes: row } = await documents.send(
      new DeleteCommand({ TableName: 'orders', Key, ReturnValues: 'ALL_OLD' }),
    )
    expect((await verify()).discrepancy?.message).toMatch(/is missing in one of its two books/)
    await documents.send(new PutCommand({ TableName: 'orders', Item: row }))
    const Item = { ...row, ...secondKey('alice_1', orderId), id: orderId }
    await documents.send(new PutCommand({ TableName: 'orders', Item }))
    expect((await verify()).discrepancy?.message).toMatch(/a book that it does not wait in/)
  })
})
