import { activityOf } from '@cnop/kit/activity'
import type { Key } from '@cnop/kit/dynamo'
import { repeat, type Repeating } from '@cnop/kit/repeat'
import { watchPortfolio } from '../commands/portfolio-alerts.ts'
import type { Deps } from '../deps.ts'
import { recordPortfoliosUnwatched } from '../events.ts'
import { portfolioShards } from '../store/keys.ts'
import { listPortfolioWatch } from '../store/portfolio-alerts.ts'

const everyMs = 15_000
/** While nobody uses the process, alerts are this much later. */
const restMs = 60_000
/** So many users are looked at in one partition; the next look goes on behind them. */
const mostPerShard = 200

export interface PortfolioWatch extends Repeating {
  /** Looks at the next users who wait for the value of their portfolio, a bounded number. One that fails does not hold up the others. */
  run(): Promise<void>
}

/** Watches what portfolios are worth, of those users only who have an alert on it. Any number of processes may. */
export function startPortfolioWatch(deps: Deps): PortfolioWatch {
  const places = new Map<number, Key>()
  const run = async (): Promise<void> => {
    const failures: unknown[] = []
    try {
      for (let shard = 0; shard < portfolioShards; shard += 1) {
        const after = places.get(shard)
        const page = await listPortfolioWatch(deps.store, { shard, after, limit: mostPerShard })
        if (page.last) places.set(shard, page.last)
        else places.delete(shard)
        for (const username of page.usernames) {
          await watchPortfolio(deps, username).catch((error: unknown) => failures.push(error))
        }
      }
    } catch (error) {
      failures.push(error)
    }
    if (failures.length > 0) recordPortfoliosUnwatched(deps, failures[0], failures.length)
  }
  const repeating = repeat(run, everyMs, { activity: activityOf(deps.store.db), pauseMs: restMs })
  return { run, stop: () => repeating.stop() }
}
