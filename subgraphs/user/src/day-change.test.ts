import { type Price, price, quantity, usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, type Entry, redPocketEntry, sellEntry } from '@cnop/ledger/entry'
import { openQuoteWriter, type QuoteWriter } from '@cnop/quotes/writer'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit, withdraw } from './commands/move-cash.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const actorOf = (username: string) => ({
  username,
  role: 'customer' as const,
  sessionId: 'ses_x',
})

let world: UserWorld
let writer: QuoteWriter
let keys = 0
const newKey = () => `day-change-${(keys += 1)}`

beforeAll(async () => {
  world = await startUserWorld()
  writer = await openQuoteWriter(world.platform, { table: world.config.tables.quotes })
})
afterAll(() => world.stop())

interface Told {
  readonly now: string
  readonly dayAgo?: string
  readonly isActive?: boolean
  readonly isHalted?: boolean
}

/** The market ticks. */
async function tick(prices: Readonly<Record<string, Told>>): Promise<void> {
  const tickedAt = new Date(world.clock.now()).toISOString()
  const quotes = Object.entries(prices).map(([assetId, facts]) => {
    const { now, dayAgo, isActive = true, isHalted = false } = facts
    return {
      assetId,
      price: price(now),
      quotedAt: tickedAt,
      isActive,
      name: assetId,
      category: 'ALTCOIN' as const,
      dayAgoPrice: dayAgo === undefined ? undefined : price(dayAgo),
      ...(isHalted && { haltedSince: tickedAt }),
    }
  })
  await writer.publish({ tickedAt, quotes })
}

async function move(username: string, entry: Entry): Promise<void> {
  const assetIds = entry.assetId === undefined ? [] : [entry.assetId]
  const command = { username, key: newKey(), name: 'test', input: {}, assetIds }
  await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
}

const terms = (assetId: string, amount: string, at: Price, total: string, fee = '0') => ({
  assetId,
  quantity: quantity(amount),
  price: at,
  total: usd(total),
  fee: usd(fee),
  orderId: newKey(),
})

const hours = (count: number) => world.clock.advance(count * 3_600_000)
/** Advances the clock by a second, so that no two movements have one timestamp. */
async function pays(username: string, amount: string): Promise<void> {
  await deposit(world.deps, actorOf(username), { key: newKey(), amount: usd(amount) })
  world.clock.advance(1_000)
}
const takes = (username: string, amount: string) =>
  withdraw(world.deps, actorOf(username), { key: newKey(), amount: usd(amount) })

interface Change {
  readonly amount: string
  readonly base: string
  readonly percent: number
}
interface Portfolio {
  readonly cash: { readonly posted: string }
  readonly dayChange: Change | null
  readonly dayChangeExcludes: readonly string[]
  readonly holdings: readonly { readonly assetId: string; readonly dayChange: Change | null }[]
  readonly history: readonly { readonly total: string; readonly paidIn: string }[]
}

async function read(username: string): Promise<Portfolio> {
  const change = 'dayChange { amount base percent }'
  const query = `{ me { portfolio { cash { posted } ${change} dayChangeExcludes
    holdings { assetId ${change} } history(range: DAY) { total paidIn } } } }`
  const { data, errors } = await world.call(query, {}, actorOf(username))
  if (!data) throw new Error(JSON.stringify(errors))
  return (data['me'] as { portfolio: Portfolio }).portfolio
}

/** The profit in the chart of the day. */
function profitOf({ history }: Portfolio): bigint {
  const [first, last] = [history[0]!, history.at(-1)!]
  return usd(last.total) - usd(first.total) - usd(last.paidIn) + usd(first.paidIn)
}

const textOf = (change: Change | null | undefined) => change && Object.values(change).join(' ')
const ofHolding = ({ holdings }: Portfolio, assetId: string) =>
  textOf(holdings.find((holding) => holding.assetId === assetId)?.dayChange)

async function trader(username: string): Promise<string> {
  world.clock.advance(1_000)
  await world.signUp(username)
  return username
}

describe('the day change', () => {
  it('of an asset bought a minute ago is what was really lost, whatever its price did yesterday', async () => {
    const user = await trader('minute_ago')
    await pays(user, '5000.00')
    await tick({ BTC: { now: '60000', dayAgo: '75000' } })
    await move(user, buyEntry(terms('BTC', '0.05', price('60000'), '3000.01')))
    world.clock.advance(60_000)
    const portfolio = await read(user)
    expect(textOf(portfolio.dayChange)).toBe('-0.01 5000.00 -0.0002')
    expect(ofHolding(portfolio, 'BTC')).toBe('-0.01 3000.01 -0.0003')
    expect(profitOf(portfolio)).toBe(-1n)
  })

  it('counts what was held then at the price of then, and trades at their price with their fee', async () => {
    const user = await trader('old_and_new')
    await pays(user, '9000.00')
    await move(user, buyEntry(terms('ETH', '1', price('3000'), '3000.00')))
    hours(30)
    await move(user, buyEntry(terms('ETH', '1', price('3500'), '3510.00', '10.00')))
    await move(user, sellEntry(terms('ETH', '0.5', price('3600'), '1795.00', '5.00')))
    await tick({ ETH: { now: '3700', dayAgo: '3300' } })
    const portfolio = await read(user)
    // 1.5 ETH are 5,550; one was worth 3,300, and 1,715 were put in: at most 3,510 at once.
    expect(ofHolding(portfolio, 'ETH')).toBe('535.00 6810.00 7.8561')
    expect(textOf(portfolio.dayChange)).toBe('535.00 9300.00 5.7527')
    expect(profitOf(portfolio)).toBe(53_500n)
    expect(portfolio.history[0]).toEqual({ total: '9300.00', paidIn: '0.00' })
    expect(portfolio.history.at(-1)).toEqual({ total: '9835.00', paidIn: '0.00' })
  })

  it('takes deposits, withdrawals and red pockets for no gain, and what was sold since for its gain', async () => {
    const user = await trader('cash_flows')
    await pays(user, '1000.00')
    await move(user, buyEntry(terms('SOL', '10', price('100'), '1000.00')))
    hours(25)
    await move(user, sellEntry(terms('SOL', '10', price('90'), '900.00')))
    await takes(user, '400.00')
    await move(user, redPocketEntry(usd('88.88')))
    await pays(user, '250.00')
    await tick({ SOL: { now: '500', dayAgo: '110' } })
    const portfolio = await read(user)
    expect(textOf(portfolio.dayChange)).toBe('-200.00 1100.00 -18.1818')
    expect(profitOf(portfolio)).toBe(-20_000n)
    expect(portfolio.holdings).toEqual([])
  })

  it('measures money that went out and in again once', async () => {
    const user = await trader('in_and_out')
    for (const _ of [1, 2, 3]) {
      await pays(user, '1000.00')
      await takes(user, '1000.00')
    }
    await pays(user, '1000.00')
    await tick({ ADA: { now: '1', dayAgo: '1' } })
    await move(user, buyEntry(terms('ADA', '1000', price('1'), '1000.00')))
    world.clock.advance(1_000)
    await tick({ ADA: { now: '0.5', dayAgo: '1' } })
    const portfolio = await read(user)
    expect(textOf(portfolio.dayChange)).toBe('-500.00 1000.00 -50')
    expect(ofHolding(portfolio, 'ADA')).toBe('-500.00 1000.00 -50')
  })

  it('leaves out assets that are halted or no longer listed, with what was paid for them, and says so', async () => {
    const user = await trader('delisted_owner')
    await pays(user, '3000.00')
    const [dot, luna] = [
      { now: '10', dayAgo: '8' },
      { now: '80', dayAgo: '80' },
    ]
    await tick({ DOT: dot, LUNA: luna, XRP: { now: '1', dayAgo: '1' } })
    await move(user, buyEntry(terms('LUNA', '10', price('80'), '800.00')))
    await move(user, buyEntry(terms('DOT', '10', price('10'), '100.00')))
    await move(user, buyEntry(terms('XRP', '50', price('1'), '50.00')))
    world.clock.advance(60_000)
    await tick({
      DOT: { now: '11', dayAgo: '8' },
      LUNA: { now: '1', dayAgo: '80', isActive: false },
      XRP: { now: '3', dayAgo: '1', isHalted: true },
    })
    const portfolio = await read(user)
    expect(portfolio.dayChangeExcludes).toEqual(['LUNA', 'XRP'])
    expect(ofHolding(portfolio, 'LUNA')).toBeNull()
    expect(ofHolding(portfolio, 'XRP')).toBeNull()
    expect(ofHolding(portfolio, 'DOT')).toBe('10.00 100.00 10')
    expect(textOf(portfolio.dayChange)).toBe('10.00 3000.00 0.3333')
  })

  it('is unknown while a held asset has no price, and nothing for an account without money', async () => {
    const user = await trader('no_price_yet')
    expect(textOf((await read(user)).dayChange)).toBe('0.00 0.00 0')
    await pays(user, '10.00')
    await move(user, buyEntry(terms('NEW', '1', price('5'), '5.00')))
    const portfolio = await read(user)
    expect([portfolio.dayChange, ofHolding(portfolio, 'NEW')]).toEqual([null, null])
    expect(portfolio.dayChangeExcludes).toEqual([])
  })
})
