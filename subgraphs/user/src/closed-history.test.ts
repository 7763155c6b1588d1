import { price, quantity, usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, depositEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readHistory } from './commands/read-history.ts'
import { type EquityPoint, type HistoryRange, historyRanges } from './domain/equity.ts'
import { createLoaders } from './loaders.ts'
import { countRows } from './testing/count-rows.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const username = 'old_hand'
const hourMs = 3_600_000
let world: UserWorld

async function move(key: string, entry: Entry): Promise<void> {
  const command = { username, key, name: 'test', input: {}, assetIds: ['BTC'] }
  await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
}

const terms = { assetId: 'BTC', quantity: quantity('0.01'), price: price('50000'), fee: usd('0') }

/** Movements at odd times over ten days, three of them without any. */
beforeAll(async () => {
  world = await startUserWorld()
  await world.signUp(username)
  // No movement falls on a midnight, where it would belong to the day that begins.
  world.clock.advance(7 * 60_000)
  for (let step = 0; step < 18; step += 1) {
    const orderId = `ord_${step}`
    await move(`fund-${step}`, depositEntry(usd('600.00')))
    await move(`buy-${step}`, buyEntry({ ...terms, total: usd('500.00'), orderId }))
    if (step % 3 === 0) {
      await move(`sell-${step}`, sellEntry({ ...terms, total: usd('400.00'), orderId }))
    }
    world.clock.advance(step === 9 ? 80 * hourMs : 9 * hourMs)
  }
})
afterAll(() => world.stop())

async function history(range: HistoryRange, mostEntries: number) {
  const settled = await createLoaders(world.deps).readSettled(username)
  const standing = { settled, quotes: new Map(), nowMs: world.clock.now() }
  return readHistory(world.deps, standing, { range, mostEntries })
}

/** What was paid in counts from the first moment, which may lie within a day. */
const atMidnight = (points: readonly EquityPoint[]) =>
  points
    .filter(({ at }) => at.endsWith('T00:00:00.000Z'))
    .map(({ paidIn: _paidIn, ...point }) => point)

/** The regular moments: the first two, every midnight, and now. Steps are known where entries are read. */
const regular = (points: readonly EquityPoint[]) =>
  points.filter(
    ({ at }, place) => place < 2 || place === points.length - 1 || at.endsWith('T00:00:00.000Z'),
  )

/** Movements in the range have a point just before and just after them. */
const stepsOf = (points: readonly EquityPoint[]) =>
  points.filter(({ at }) => at.endsWith('.999Z')).length

describe('a history that is read from closings', () => {
  it.each([1, 2, 5, 20])('is that of the journal when %i entries are read', async (mostEntries) => {
    const [closed, exact] = [await history('YEAR', mostEntries), await history('YEAR', 1_000)]
    expect(regular(closed)).toEqual(regular(exact))
    expect(stepsOf(exact)).toBeGreaterThan(stepsOf(await history('YEAR', 1)))
  })

  it.each(['MONTH', 'WEEK'] as const)('agrees with it at every midnight of a %s', async (range) => {
    const [closed, exact] = [await history(range, 3), await history(range, 1_000)]
    expect(atMidnight(exact).length).toBeGreaterThan(4)
    expect(atMidnight(closed)).toEqual(atMidnight(exact))
    expect(closed.at(-1)).toMatchObject({ total: exact.at(-1)?.total, cash: exact.at(-1)?.cash })
    const spanMs = historyRanges[range].lengthMs
    expect(Date.parse(closed[0]!.at)).toBeGreaterThanOrEqual(world.clock.now() - spanMs)
  })
  it('reads no more rows than it shows', async () => {
    const settling = await countRows(world, () => createLoaders(world.deps).readSettled(username))
    const days = 12
    const entries = 3
    // Each query reads one row more, which says whether there is a next page.
    const rows = await countRows(world, () => history('MONTH', entries))
    expect(rows - settling).toBeLessThanOrEqual(days + entries + 2)
  })
})
