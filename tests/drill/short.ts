import { followStreams, startLoad } from './load.ts'
import { openPhases } from './phases.ts'
import { startPlatform } from './platform.ts'
import { settleOrders } from './settle.ts'

interface Running {
  readonly stopping: AbortSignal
  readonly report: (line: string) => void
  /** Receives what must be closed afterwards, the last one first. */
  readonly closing: (() => Promise<unknown>)[]
}

/**
 * The short form: a router and a copy of inventory are replaced under light load, as a deployment does that starts the new
 * process before it ends the old one. No alerts, and the router hosts the other subgraphs.
 */
export async function runShortDrill({ stopping, report, closing }: Running) {
  const shape = { remote: ['inventory'], isSingle: true, env: { DRAIN_DELAY_MS: '1500' } } as const
  const platform = await startPlatform(shape, stopping)
  closing.push(() => platform.stop())
  const load = await startLoad(platform.origin, { perSecond: 4, people: 2 })
  closing.push(() => load.stop())
  const streams = followStreams(platform.origin, load.traders, 2)
  closing.push(() => streams.stop())
  const phases = openPhases({ load, streams, report, stopping })
  const ends: Record<string, string> = {}
  await phases.run('roll', 60, async (signal) => {
    for (const kind of ['inventory', 'router']) {
      const [old, replacement] = platform.members.filter((member) => member.kind === kind)
      if (!old || !replacement) continue
      await replacement.start(signal)
      if (kind === 'router') await platform.untilRouted([replacement], signal)
      else await platform.untilHealthy(signal)
      ends[old.name] = await old.drain()
    }
  })
  await load.stop()
  await streams.stop()
  const { violations, ...settled } = await settleOrders(load, platform.engine.endpoint, stopping)
  return {
    requests: load.samples.length,
    failedDuringRoll: phases.failed('roll'),
    streamsLost: phases.streamsLost(),
    ends,
    ...settled,
    ledgerViolations: violations.length,
    problems: phases.problems,
  }
}
