import { expect, it } from '@jest/globals'
import { repeat } from './repeat.ts'

it('runs a job again and again, never twice at once, and waits for it when it stops', async () => {
  let [running, most, runs] = [0, 0, 0]
  let enough: () => void
  const ranOften = new Promise<void>((resolve) => (enough = resolve))
  const loop = repeat(async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    runs += 1
    if (runs === 5) enough()
  }, 1)
  await ranOften
  await loop.stop()
  const runsAtStop = runs
  expect(most).toBe(1)
  expect(running).toBe(0)
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toBe(runsAtStop)
})
