import { usd } from '@cnop/kit/money'
import { addFaults } from '@cnop/kit/testing/faults'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAccount } from './balances.ts'
import type { Setback } from './command.ts'
import {
  deposit,
  type LedgerWorld,
  openAccount,
  startLedgerWorld,
  withdraw,
} from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

let world: LedgerWorld
beforeAll(async () => {
  world = await startLedgerWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const commands = ['TransactWriteItems']

describe('a command whose reply is lost', () => {
  it('returns its result, and runs once', async () => {
    const setbacks: Setback[] = []
    const deps = {
      ...world.openProcess(),
      onSetback: (setback: Setback) => void setbacks.push(setback),
    }
    await openAccount(deps)
    const faults = addFaults(deps.db, { seed: 1, commands })
    faults.force('loseReply')
    const receipt = await deposit(deps, 'key-one', '5.00')
    expect(receipt.sequence).toBe('1')
    expect(setbacks).toEqual(['outcome-unknown'])
    expect(await readAccount(deps, 'alice')).toMatchObject({ available: usd('5.00'), sequence: 1n })
  })

  it('reports success, though the money is spent when it reads again', async () => {
    const deps = world.openProcess()
    await openAccount(deps)
    await deposit(deps, 'fund', '5.00')
    addFaults(deps.db, { seed: 1, commands }).force('loseReply')
    expect(await withdraw(deps, 'spend', '5.00')).toMatchObject({ sequence: '2' })
  })

  it('is done when its request was lost', async () => {
    const deps = world.openProcess()
    await openAccount(deps)
    addFaults(deps.db, { seed: 1, commands }).force('loseRequest', 'conflict', 'throttle')
    await deposit(deps, 'key-one', '5.00')
    expect(await readAccount(deps, 'alice')).toMatchObject({ available: usd('5.00'), sequence: 1n })
  })

  it('is unknown, not failed, when no attempt got a reply; a repeat returns the outcome', async () => {
    const deps = world.openProcess()
    await openAccount(deps)
    const faults = addFaults(deps.db, { seed: 1, commands, rates: { loseRequest: 1 } })
    await expect(deposit(deps, 'key-one', '5.00')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    })
    faults.remove()
    await deposit(deps, 'key-one', '5.00')
    expect(await readAccount(deps, 'alice')).toMatchObject({ available: usd('5.00'), sequence: 1n })
  })
})

it('is exact under every fault at once, in two processes with copies of each command', async () => {
  const [one, two] = [world.openProcess(), world.openProcess()]
  await openAccount(one)
  const rates = { conflict: 0.05, throttle: 0.05, loseRequest: 0.08, loseReply: 0.08 }
  const faults = [one, two].map(({ db }, seed) => addFaults(db, { seed, rates, commands }))
  // The number of calls depends on the outcome of races; each process gets at least these.
  for (const injector of faults) injector.force('loseRequest', 'loseReply')
  const copies = Array.from({ length: 30 }, (_, index) =>
    [one, two, two].map((deps) => deposit(deps, `in-${index}`, '1.00')),
  )
  const receipts = await Promise.all(copies.map((copy) => Promise.all(copy)))
  for (const injector of faults) injector.remove()
  for (const [first, ...others] of receipts) expect(others).toEqual([first, first])
  expect(await readAccount(one, 'alice')).toMatchObject({ available: usd('30.00'), sequence: 30n })
  expect(await verifyLedger(one)).toMatchObject({ isBalanced: true, entries: 30 })
  expect(faults.every(({ counts }) => counts.loseReply > 0 && counts.loseRequest > 0)).toBe(true)
})
