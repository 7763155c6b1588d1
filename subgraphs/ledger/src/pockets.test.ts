import { price, quantity, usd } from '@cnop/kit/money'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type Account, newAccount } from './account.ts'
import { readAccount } from './balances.ts'
import type { LedgerDeps } from './command.ts'
import { buyEntry, depositEntry, type Entry, redPocketEntry, withdrawalEntry } from './entry.ts'
import { accountKey } from './keys.ts'
import { withdrawable } from './pockets.ts'
import { post } from './post.ts'
import {
  deposit,
  type LedgerWorld,
  move,
  openAccount,
  startLedgerWorld,
  withdraw,
} from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

const holdMs = 7 * 86_400_000

let world: LedgerWorld
let processes: LedgerDeps[]
beforeAll(async () => {
  world = await startLedgerWorld()
  processes = Array.from({ length: 3 }, () => {
    const deps = world.openProcess()
    return { ...deps, limits: { ...deps.limits, redPocketHoldMs: holdMs } }
  })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await openAccount(first())
})

const first = (): LedgerDeps => processes[0]!
const claim = (key: string, deps = first()) => move(deps, key, redPocketEntry(usd('8.88')))

/** Removes what rows did not have before accounts kept their red pockets. */
async function makeOld(): Promise<void> {
  const { db, table } = first()
  const row = await readItem(db, table, accountKey('alice'))
  const { openedAt: _openedAt, pockets: _pockets, pocketsSince: _since, ...old } = row ?? {}
  await transact(db, [{ put: { TableName: table, Item: old } }])
}

describe('red pockets in the account', () => {
  it('are not withdrawn by processes that withdraw at the same time', async () => {
    await deposit(first(), 'fund', '50.00')
    await claim('pocket')
    const attempts = Array.from({ length: 12 }, (_, index) =>
      withdraw(processes[index % processes.length]!, `out-${index}`, '10.00'),
    )
    const outcomes = await Promise.allSettled(attempts)
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
    )
    expect(codes).toHaveLength(7)
    expect(new Set(codes)).toEqual(new Set(['INSUFFICIENT_FUNDS']))
    expect((await readAccount(first(), 'alice')).available).toBe(usd('8.88'))
    await expect(withdraw(first(), 'out-pocket', '0.01')).rejects.toMatchObject({
      code: 'RED_POCKET_ON_HOLD',
      details: { withdrawable: '0.00', availableAt: '2026-01-12T10:00:00.000Z' },
    })
    world.clock.advance(holdMs)
    await withdraw(first(), 'out-pocket', '8.88')
    expect(await verifyLedger(first())).toMatchObject({ discrepancies: [] })
  })

  it('race with a claim: in either order, the remaining cash covers the pocket', async () => {
    await deposit(first(), 'fund', '8.88')
    const [, withdrawal] = await Promise.allSettled([
      claim('pocket', processes[1]),
      withdraw(processes[2]!, 'out', '8.88'),
    ])
    expect(withdrawal.status).toBe('fulfilled')
    expect((await readAccount(first(), 'alice')).available).toBe(usd('8.88'))
    await expect(withdraw(first(), 'again', '8.88')).rejects.toMatchObject({
      code: 'RED_POCKET_ON_HOLD',
    })
  })

  it('are verified against the journal', async () => {
    await claim('pocket')
    const { db, table } = first()
    const row = await readItem(db, table, accountKey('alice'))
    await transact(db, [{ put: { TableName: table, Item: { ...row, pockets: [] } } }])
    expect((await verifyLedger(first())).discrepancy).toMatchObject({
      kind: 'WRONG_POCKETS',
      message: 'the red pockets by day is , the journal says 2026-01-05 888',
    })
  })

  it('of an account from before they were kept are left alone, and later ones are counted', async () => {
    await claim('old')
    await makeOld()
    expect((await verifyLedger(first())).discrepancies).toEqual([])
    await withdraw(first(), 'out-old', '8.88')
    await claim('new')
    expect((await verifyLedger(first())).discrepancies).toEqual([])
    await expect(withdraw(first(), 'out-new', '8.88')).rejects.toMatchObject({
      code: 'RED_POCKET_ON_HOLD',
    })
  })

  it('stay consistent with the journal over months', async () => {
    for (let day = 0; day < 40; day += 1) {
      await claim(`pocket-${day}`)
      world.clock.advance(86_400_000)
    }
    expect((await verifyLedger(first())).discrepancies).toEqual([])
    expect((await readAccount(first(), 'alice')).pockets.length).toBeLessThanOrEqual(32)
  })
})

describe('a red pocket on hold', () => {
  const nowMs = Date.parse('2026-01-05T10:00:00.000Z')
  const hourMs = 3_600_000
  const limits = {
    deposit: usd('10000.00'),
    withdrawal: usd('5000.00'),
    redPocketHoldMs: 24 * hourMs,
  }
  const at = { nowMs, limits, id: 'ent_1' }
  const pocket = redPocketEntry(usd('8.88'))
  const later = (hours: number) => ({ ...at, nowMs: nowMs + hours * hourMs })
  const rich = { ...newAccount('alice'), available: usd('100.00') }
  const apply = (entry: Entry, account: Account, when: typeof at) =>
    post({ account, holdings: new Map() }, entry, when).account
  const opened = apply(pocket, rich, at)
  const take = (amount: string, from: Account, when: typeof at) =>
    apply(withdrawalEntry(usd(amount)), from, when)

  it('leaves everything else to be withdrawn, and is withdrawn when the hold is over', () => {
    expect(withdrawable(opened, limits.redPocketHoldMs, nowMs)).toEqual({
      amount: usd('100.00'),
      allAt: '2026-01-06T10:00:00.000Z',
    })
    expect(take('100.00', opened, at).available).toBe(usd('8.88'))
    expect(take('108.88', opened, later(24)).available).toBe(usd('0.00'))
    expect(withdrawable(opened, limits.redPocketHoldMs, nowMs + 24 * hourMs)).toEqual({
      amount: usd('108.88'),
      allAt: undefined,
    })
  })

  it('is refused with the field, what can be withdrawn now, and from when the rest can be', () => {
    const second = apply(pocket, opened, later(20))
    const refused = (amount: string) => () => take(amount, second, later(21))
    expect(refused('108.88')).toThrow(
      expect.objectContaining({
        code: 'RED_POCKET_ON_HOLD',
        details: expect.objectContaining({
          field: 'amount',
          withdrawable: '100.00',
          availableAt: '2026-01-06T10:00:00.000Z',
        }) as unknown,
      }),
    )
    expect(refused('108.89')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ availableAt: '2026-01-07T06:00:00.000Z' }) as unknown,
      }),
    )
    expect(refused('117.77')).toThrow(expect.objectContaining({ code: 'INSUFFICIENT_FUNDS' }))
  })

  it('may be traded at once, and its return from a trade stays on hold', () => {
    const terms = { assetId: 'BTC', quantity: quantity('2'), price: price('10'), orderId: 'ord_1' }
    const bought = buyEntry({ ...terms, total: usd('108.88'), fee: usd('0.00') })
    const spent = apply(bought, opened, at)
    expect(spent.available).toBe(usd('0.00'))
    const topped = apply(depositEntry(usd('10.00')), spent, later(1))
    expect(() => take('1.13', topped, later(1))).toThrow('cannot be withdrawn yet')
    expect(take('1.12', topped, later(1)).available).toBe(usd('8.88'))
  })

  it('is not made older by a process with a slow clock', () => {
    const lagging = apply(pocket, opened, later(-20))
    expect(lagging.pockets).toEqual([
      { openedAt: '2026-01-05T10:00:00.000Z', amount: usd('17.76') },
    ])
  })

  it('is dropped after 31 days, so that the account row stays small', () => {
    let state = opened
    for (let day = 1; day <= 60; day += 1) {
      state = apply(pocket, state, later(24 * day))
      expect(state.pockets.length).toBeLessThanOrEqual(32)
    }
    expect(state.pockets).toHaveLength(32)
  })
})
