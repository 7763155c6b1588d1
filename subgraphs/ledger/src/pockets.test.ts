import { usd } from '@cnop/kit/money'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAccount } from './balances.ts'
import type { LedgerDeps } from './command.ts'
import { redPocketEntry } from './entry.ts'
import { accountKey } from './keys.ts'
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

  it('race with a claim: whichever comes first, what stays covers the pocket', async () => {
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

  it('stay in step with the journal over months', async () => {
    for (let day = 0; day < 40; day += 1) {
      await claim(`pocket-${day}`)
      world.clock.advance(86_400_000)
    }
    expect((await verifyLedger(first())).discrepancies).toEqual([])
    expect((await readAccount(first(), 'alice')).pockets.length).toBeLessThanOrEqual(32)
  })
})
