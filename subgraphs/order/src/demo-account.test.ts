import { demoHistoryMs } from '@cnop/kit/demo'
import { usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { readEntries } from '@cnop/ledger/balances'
import { type LedgerDeps, openAccountWrites, runCommand } from '@cnop/ledger/command'
import { depositEntry } from '@cnop/ledger/entry'
import { saveFeed } from '@cnop/quotes/feed-row'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { fillDemoAccount } from './commands/fill-demo-account.ts'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { planDemoHistory } from './domain/demo-history.ts'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld

const username = 'guest_0123456789ab'
const guest = { username, sessionId: 'guest_1' }
const fill = 'mutation { fillDemoAccount { movements } }'
const codeOf = async (name: string) => (await world.ask(name, fill)).errors?.[0]?.extensions.code
const all = planDemoHistory(0).length + 1

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_JOBS: 'false' })
  for (const step of planDemoHistory(0)) {
    if ('assetId' in step) world.quotes.set(step.assetId, '100')
  }
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  const { db } = world.ledger
  await saveFeed(db, 'quotes', { feed: 'simulated', seed: 'demo', scenario: 'quiet' })
  const openedAt = new Date(world.clock.now() - demoHistoryMs).toISOString()
  await transact(db, openAccountWrites(world.ledger, username, openedAt))
})

/** Something happens while the fill asks for a price the nth time. */
function withEvent(nth: number, happen: () => unknown): typeof world.main.deps {
  const { deps } = world.main
  let asked = 0
  const current = async (assetId: string) => {
    asked += 1
    if (asked === nth) await happen()
    return deps.quotes.current(assetId)
  }
  return { ...deps, quotes: { ...deps.quotes, current } }
}

function moveCash(ledger: LedgerDeps) {
  const command = { username, key: 'own-deposit', name: 'deposit', input: {} }
  return runCommand(ledger, command, () => ({ entry: depositEntry(usd('5.00')), result: {} }))
}

const verify = () => verifyWithOrders(world.ledger, world.main.deps.store)

describe('filling a demo account', () => {
  it('writes a history that is verified, at the prices of its moments, and an order that waits', async () => {
    expect(await world.askAsGuest(username, fill)).toEqual({
      data: { fillDemoAccount: { movements: all } },
    })
    expect(await verify()).toMatchObject({ isBalanced: true, entries: all })
    const sequences = Array.from({ length: all }, (_, place) => BigInt(place + 1))
    const entries = await readEntries(world.ledger, username, sequences)
    const steps = planDemoHistory(world.clock.now() - demoHistoryMs)
    expect(entries.slice(0, -1).map(({ kind, createdAt }) => [kind, createdAt])).toEqual(
      steps.map(({ kind, atMs }) => [kind, new Date(atMs).toISOString()]),
    )
    const trades = steps.flatMap((step, place) => ('assetId' in step ? [{ step, place }] : []))
    for (const { step, place } of trades) {
      const { assetId, atMs } = step
      const query = { assetId, interval: '1m', fromMs: atMs - 60_000, toMs: atMs } as const
      const [then] = await world.main.deps.candles.readCloses(query)
      expect(entries[place]).toMatchObject({ assetId, price: then })
    }
    expect(entries.at(-1)).toMatchObject({ kind: 'HOLD' })
    // What is written into the past is no trade of today, which everyone would see.
    const assetIds = [...new Set(trades.map(({ step }) => step.assetId))]
    const shown = await world.main.deps.trades.read(assetIds)
    expect(shown).toEqual(assetIds.map(() => []))
    const { depositedToday, withdrawnToday, day } = await world.account(username)
    expect({ day, depositedToday, withdrawnToday }).toEqual({
      ...{ day: new Date(world.clock.now()).toISOString().slice(0, 10) },
      ...{ depositedToday: 0n, withdrawnToday: 0n },
    })
  })

  it('does nothing twice', async () => {
    await world.askAsGuest(username, fill)
    expect(await world.askAsGuest(username, fill)).toEqual({
      data: { fillDemoAccount: { movements: 0 } },
    })
    expect(await verify()).toMatchObject({ isBalanced: true, entries: all })
  })

  it('goes on where it was interrupted, also after its keys have expired', async () => {
    const { deps } = world.main
    const closing = new AbortController()
    const closed = withEvent(10, () => closing.abort())
    const first = await fillDemoAccount(closed, guest, closing.signal)
    expect(first).toBeLessThan(all)
    world.clock.advance(3 * 86_400_000)
    expect(first + (await fillDemoAccount(deps, guest))).toBe(all)
    expect(await verify()).toMatchObject({ isBalanced: true, entries: all })
  })

  it('ends where its owner moves money meanwhile: the journal stays in the order of its times', async () => {
    const other = await world.openProcess()
    const disturbed = withEvent(10, () =>
      moveCash({ ...other.deps.ledger, limits: world.ledger.limits }),
    )
    const made = await fillDemoAccount(disturbed, guest)
    expect(made).toBeLessThan(all - 1)
    const sequences = Array.from({ length: made + 1 }, (_, place) => BigInt(place + 1))
    const times = (await readEntries(world.ledger, username, sequences)).map(
      ({ createdAt }) => createdAt,
    )
    expect(times).toEqual(times.toSorted())
    expect(times.at(-1)).toBe(new Date(world.clock.now()).toISOString())
    expect((await world.askAsGuest(username, fill)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
    expect(await verify()).toMatchObject({ isBalanced: true, entries: made + 1 })
  })

  it('counts what each call wrote, when several fill one account, and shows no key of its own', async () => {
    const processes = [world.main, await world.openProcess({ ORDER_JOBS: 'false' })]
    const calls = [...processes, ...processes].map((parts) =>
      world.askAsGuest(username, fill, parts),
    )
    const answers = await Promise.all(calls)
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([])
    const counts = answers.map(
      ({ data }) => (data as { fillDemoAccount: { movements: number } }).fillDemoAccount.movements,
    )
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all)
    expect(await verify()).toMatchObject({ isBalanced: true, entries: all })
  })

  it('is refused for an account that has moved money before, or that is too new', async () => {
    await moveCash(world.ledger)
    const message = (why: string) =>
      `The account ${why}, so it has no room for the history of a demo account.`
    const refused = (why: string) => ({
      errors: [{ message: message(why), extensions: { code: 'FORBIDDEN' } }],
    })
    const moved = refused('moved money of its own')
    expect(await world.askAsGuest(username, fill)).toMatchObject(moved)
    await transact(world.ledger.db, openAccountWrites(world.ledger, 'guest_000000000000'))
    const tooNew = refused('was not opened long enough ago')
    expect(await world.askAsGuest('guest_000000000000', fill)).toMatchObject(tooNew)
  })

  it('has deposits alone where the market has no past', async () => {
    await saveFeed(world.ledger.db, 'quotes', { feed: 'coingecko' })
    world.clock.advance(120_000)
    await world.askAsGuest(username, fill)
    expect(await verify()).toMatchObject({ isBalanced: true, entries: 5 })
  })

  it('is refused for every other account, and in production', async () => {
    await world.openUser('alice_1', '5')
    expect(await codeOf('alice_1')).toBe('FORBIDDEN')
    // A name does not make a guest: an account of before may have one of this form.
    expect(await codeOf(username)).toBe('FORBIDDEN')
    const deps = { ...world.main.deps, profile: 'production' as const }
    await expect(fillDemoAccount(deps, guest)).rejects.toHaveProperty('code', 'FORBIDDEN')
  })
})
