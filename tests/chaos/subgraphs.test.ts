import { expect, it } from '@jest/globals'
import { runChaos } from './subgraphs.ts'

/** Short limits, so that a hung process is detected and refused during the test. */
const env = { SUBGRAPH_DEADLINE_MS: '2000', BREAKER_FAILURES: '2', BREAKER_PROBE_MS: '200' }

it('keeps every other panel complete while a subgraph is stopped and while it is killed', async () => {
  const lines: string[] = []
  const result = await runChaos({
    names: ['cny'],
    perSecond: 16,
    calmSeconds: 1,
    stoppedSeconds: 5,
    large: { entries: 2_000, seconds: 3 },
    env,
    print: (line) => void lines.push(line),
  })
  expect(lines.filter((line) => !line.startsWith('SIG'))).toEqual([])
  expect(result).toMatchObject({ otherPanelsFailed: 0, misledPanels: 0, status5xx: 0 })
  expect(result.large).toMatchObject({ strangersFailed: 0, breakersOpened: [] })
  expect(result.large.strangers).toBeGreaterThan(0)
  expect(result.otherPanels).toBeGreaterThan(0)
  expect(result.refusals).toBeGreaterThan(0)
})
