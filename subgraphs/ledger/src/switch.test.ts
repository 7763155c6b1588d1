import { createMemoryBus } from '@cnop/kit/bus'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { closeLedger, isReadOnly, type LedgerDeps } from './command.ts'
import { followSwitch, type LedgerSwitch, readSwitch, reopenLedger } from './switch.ts'
import { deposit, type LedgerWorld, openAccount, startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

let world: LedgerWorld
let here: LedgerDeps
let there: LedgerDeps
const followers: LedgerSwitch[] = []
/** Longer than a test, so that only the test or a message triggers a read. */
const neverMs = 3_600_000

const follow = async (deps: LedgerDeps, bus = createMemoryBus(pino({ level: 'silent' }))) => {
  const follower = await followSwitch({ ...deps, bus }, neverMs)
  followers.push(follower)
  return follower
}

beforeAll(async () => {
  world = await startLedgerWorld()
})
afterAll(() => world.stop())
beforeEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.stop()))
  await world.reset()
  here = world.openProcess()
  there = world.openProcess()
  await openAccount(here)
})

describe('the switch of all processes', () => {
  it('closes the ledger in another process, and reopens it on an operator’s command', async () => {
    const ours = await follow(here)
    const theirs = await follow(there)
    await deposit(there, 'before', '10.00')
    closeLedger(here, new Error('A cent is missing.'))
    await ours.look()
    expect(await readSwitch(here)).toMatchObject({ reason: 'A cent is missing.' })
    await theirs.look()
    await expect(deposit(there, 'meanwhile', '10.00')).rejects.toMatchObject({
      code: 'LEDGER_READ_ONLY',
    })
    await reopenLedger(here)
    await Promise.all([ours.look(), theirs.look()])
    expect([isReadOnly(here), isReadOnly(there)]).toEqual([false, false])
    await deposit(there, 'after', '10.00')
  })

  it('applies a message of the bus before the next poll', async () => {
    const bus = createMemoryBus(pino({ level: 'silent' }))
    const closed = new Promise<void>((resolve) => {
      there = { ...there, log: { warn: () => undefined, error: () => resolve() } }
    })
    await follow(here, bus)
    await follow(there, bus)
    closeLedger(here, new Error('A cent is missing.'))
    await closed
    expect(isReadOnly(there)).toBe(true)
  })

  it('closes a process that starts while the ledger is closed', async () => {
    const ours = await follow(here)
    closeLedger(here, new Error('A cent is missing.'))
    await ours.look()
    await follow(there)
    expect(isReadOnly(there)).toBe(true)
  })

  it('is no row of a user', async () => {
    const ours = await follow(here)
    closeLedger(here, new Error('A cent is missing.'))
    await ours.look()
    expect(await verifyLedger(here)).toMatchObject({ isBalanced: true, accounts: 1 })
  })
})
