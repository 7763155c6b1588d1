import { setImmediate } from 'node:timers/promises'
import { beforeEach, expect, it } from '@jest/globals'
import { type FairShare, openFairShare } from './fair-share.ts'

let isBusy: boolean
let share: FairShare
beforeEach(() => {
  isBusy = true
  share = openFairShare({ isBusy: () => isBusy, isLate: () => false })
})

/** Begins requests, and collects their addresses in the order in which they run. */
function beginAll(addresses: string): { readonly began: string[]; readonly all: Promise<unknown> } {
  const began: string[] = []
  const begin = async (address: string): Promise<void> => {
    await share.begin(address)
    began.push(address)
  }
  return { began, all: Promise.all(addresses.split('').map(begin)) }
}

/** Enough turns of the event loop for all that may begin. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await setImmediate()
}

it('begins at once what arrives while the loop is idle', () => {
  isBusy = false
  const addresses = Array.from({ length: 50 }, () => 'a')
  expect(addresses.map((address) => share.begin(address))).toEqual(addresses.map(() => undefined))
})

it('lets addresses take turns while the loop is busy', async () => {
  const { began, all } = beginAll('aaabcb')
  await all
  expect(began.join('')).toBe('abcaba')
})

it('runs a few requests of one address at once while the loop is busy, and the next when one ends', async () => {
  const { began, all } = beginAll('a'.repeat(12))
  await turns()
  expect(began).toHaveLength(8)
  share.end('a')
  await turns()
  expect(began).toHaveLength(9)
  for (let each = 0; each < 3; each++) share.end('a')
  await all
})

it('begins all that wait once the loop is idle again', async () => {
  const { began, all } = beginAll('a'.repeat(20))
  isBusy = false
  await all
  expect(began).toHaveLength(20)
})
