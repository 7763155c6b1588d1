import { readItem } from '@cnop/kit/read'
import { price, quantity, usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { readAccount } from './balances.ts'
import type { LedgerDeps } from './command.ts'
import { buyEntry, sellEntry } from './entry.ts'
import { accountKey } from './keys.ts'
import { deposit, type LedgerWorld, move, openAccount } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'
import { readProgress, shards, verifyShard } from './verify-new.ts'
import { tradedVolume } from './volumes.ts'

const dayMs = 86_400_000
let world: LedgerWorld
let deps: LedgerDeps

beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
beforeEach(async () => {
  await world.reset()
  await openAccount(deps)
  await deposit(deps, 'fund', '9000.00')
})
afterAll(() => world.stop())

const terms = { assetId: 'BTC', quantity: quantity('1'), price: price('10'), orderId: 'ord_1' }
const fee = usd('0.25')
const buy = (key: string) => move(deps, key, buyEntry({ ...terms, total: usd('10.25'), fee }))
const sell = (key: string) => move(deps, key, sellEntry({ ...terms, total: usd('9.75'), fee }))
const volume = async () => tradedVolume(await readAccount(deps, 'alice'), world.clock.now())

/** Both verifiers, which derive the volumes from the journal by other code. */
async function verify(): Promise<readonly unknown[]> {
  await Promise.all(shards.map((shard) => verifyShard(deps, shard)))
  const { discrepancies } = await readProgress(deps)
  return [...discrepancies, ...(await verifyLedger(deps)).discrepancies]
}

async function changeRow(fields: object, ...without: readonly string[]): Promise<void> {
  const { db, table } = deps
  const row = { ...(await readItem(db, table, accountKey('alice'))), ...fields }
  const Item = Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)))
  await transact(db, [{ put: { TableName: table, Item } }])
}

it('counts buys and sales by their value, without the fee, and nothing else', async () => {
  await buy('one')
  await sell('two')
  await buy('three')
  expect(await volume()).toBe(usd('30'))
  expect((await readAccount(deps, 'alice')).volumes).toBe('2026-01-05:3000')
  expect(await verify()).toEqual([])
})

it('counts 30 UTC days, today included', async () => {
  await buy('first')
  world.clock.advance(dayMs)
  await buy('second')
  world.clock.advance(28 * dayMs)
  expect(await volume()).toBe(usd('20'))
  world.clock.advance(dayMs)
  expect(await volume()).toBe(usd('10'))
  await deposit(deps, 'more', '1.00')
  expect((await readAccount(deps, 'alice')).volumes).toBe('2026-01-06:1000')
  expect(await verify()).toEqual([])
})

it('has at most 30 days in its row, however long an account trades', async () => {
  for (let day = 0; day < 40; day += 1) {
    await buy(`buy-${day}`)
    world.clock.advance(dayMs)
    if (day % 7 === 0) expect(await verify()).toEqual([])
  }
  expect((await readAccount(deps, 'alice')).volumes.split(' ')).toHaveLength(30)
  expect(await volume()).toBe(usd('290'))
})

it('is verified against the journal', async () => {
  await buy('one')
  await changeRow({ volumes: '2026-01-05:1001' })
  const wrong = { kind: 'WRONG_VOLUME', username: 'alice' }
  expect(await verify()).toEqual([
    expect.objectContaining(wrong),
    expect.objectContaining({
      message: 'the traded volume by day is 2026-01-05:1001, the journal says 2026-01-05:1000',
    }),
  ])
})

it('of an account that is older than the record counts from its next entry on', async () => {
  await buy('old')
  expect(await verify()).toEqual([])
  await changeRow({}, 'volumes', 'volumesSince')
  expect(await volume()).toBe(usd('0'))
  await buy('new')
  expect(await volume()).toBe(usd('10'))
  expect(await verify()).toEqual([])
  world.clock.advance(dayMs)
  await buy('later')
  expect(await volume()).toBe(usd('20'))
  expect(await verify()).toEqual([])
  await changeRow({ volumes: '2026-01-05:1000 2026-01-06:999' })
  expect(await verify()).toContainEqual(expect.objectContaining({ kind: 'WRONG_VOLUME' }))
})
