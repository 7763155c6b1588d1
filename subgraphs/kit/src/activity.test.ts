import { expect, it } from '@jest/globals'
import { createActivity } from './activity.ts'
import { repeat } from './repeat.ts'

function startClock() {
  let elapsed = 0
  const activity = createActivity({ idleAfterMs: 1_000, elapsedMs: () => elapsed })
  return { activity, pass: (ms: number) => void (elapsed += ms) }
}

const hourMs = 3_600_000

it('is idle when nothing was asked of it for a while and nothing keeps it awake', async () => {
  const { activity, pass } = startClock()
  pass(999)
  expect(activity.isIdle()).toBe(false)
  pass(1)
  expect(activity.isIdle()).toBe(true)
  await activity.wake()
  expect(activity.isIdle()).toBe(false)
  let isNeeded = true
  const letRest = activity.keepAwakeWhile(() => isNeeded)
  pass(hourMs)
  expect(activity.isIdle()).toBe(false)
  isNeeded = false
  expect(activity.isIdle()).toBe(true)
  isNeeded = true
  letRest()
  expect(activity.isIdle()).toBe(true)
})

it('runs a resting job before it answers whoever wakes it, once for all of them', async () => {
  const { activity, pass } = startClock()
  pass(1_000)
  let runs = 0
  const job = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    runs += 1
  }
  const awaited = repeat(job, hourMs, { activity, pauseMs: hourMs, isAwaited: true })
  await Promise.all([activity.wake(), activity.wake()])
  expect(runs).toBe(1)
  // Nothing rests now: the job keeps its usual pace.
  await activity.wake()
  expect(runs).toBe(1)
  await awaited.stop()
})

it('does not let a request wait for a job that it does not need, or for one that hangs', async () => {
  let elapsed = 0
  const activity = createActivity({ patienceMs: 1, elapsedMs: () => elapsed })
  elapsed = hourMs
  let runs = 0
  const hang = (): Promise<void> => {
    runs += 1
    return new Promise(() => undefined)
  }
  repeat(hang, hourMs, { activity, pauseMs: hourMs })
  repeat(hang, hourMs, { activity, pauseMs: hourMs, isAwaited: true })
  await activity.wake()
  expect(runs).toBe(2)
})
