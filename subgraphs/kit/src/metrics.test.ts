import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, it } from '@jest/globals'
import { Registry } from 'prom-client'
import { createActivity } from './activity.ts'
import { addProcessMetrics } from './metrics.ts'

/** Goes on when a monitor of the test's own has seen the event loop turn a few times. */
async function letLoopTurn(): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  while (delay.count < 3) await new Promise((resolve) => setImmediate(resolve))
  delay.disable()
}

it('measures the event loop, but not while nobody needs the process', async () => {
  let elapsed = 60_000
  const activity = createActivity({ elapsedMs: () => elapsed })
  elapsed = 120_000
  const registry = new Registry()
  const longest = async (): Promise<number> => {
    const [, text = ''] =
      /^nodejs_eventloop_lag_max_seconds (.*)$/m.exec(await registry.metrics()) ?? []
    return parseFloat(text)
  }
  addProcessMetrics({ registry }, activity)
  await letLoopTurn()
  expect(await longest()).toBe(0)
  await activity.wake()
  await letLoopTurn()
  expect(await longest()).toBeGreaterThan(0.005)
})
