import { expect, it } from '@jest/globals'
import { huntMutants, simulate } from './sim.ts'
import { runSeed } from './sim-world.ts'

/** Computes many thousand steps, on machines that may be busy. */

it('keeps every cent and every promise over a hundred seeds of faults', async () => {
  const failed: string[] = []
  const { failures, applied } = await simulate({ first: 1, count: 100 }, (line) =>
    failed.push(line),
  )
  expect(failed).toEqual([])
  expect(failures).toBe(0)
  expect(applied).toBeGreaterThan(1_000)
})

it('replays the same seed identically', async () => {
  expect(await runSeed(7)).toEqual(await runSeed(7))
  expect((await runSeed(7)).endedAt).not.toBe((await runSeed(8)).endedAt)
})

it('finds every injected bug', async () => {
  const survivors: string[] = []
  const note = (line: string): void => {
    if (line.endsWith('SURVIVED')) survivors.push(line)
  }
  const { mutants, caught } = await huntMutants({ first: 1, count: 2_000 }, note)
  expect(survivors).toEqual([])
  expect(caught).toBe(mutants)
})
