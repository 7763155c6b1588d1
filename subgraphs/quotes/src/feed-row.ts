import type { Db, Item } from '@cnop/kit/dynamo'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { type Scenario, scenarios } from './simulation/scenario.ts'

/** Where prices come from, so that every process knows how to read past ones. */
export type FeedDescription =
  | { readonly feed: 'simulated'; readonly seed: string; readonly scenario: Scenario }
  | { readonly feed: 'coingecko' }

const key = { pk: 'FEED', sk: 'FEED' }

export async function saveFeed(db: Db, table: string, feed: FeedDescription): Promise<void> {
  await transact(db, [{ put: { TableName: table, Item: { ...key, ...feed } } }])
}

export async function readFeed(db: Db, table: string): Promise<FeedDescription | undefined> {
  const item = await readItem(db, table, key)
  return item && toFeed(item)
}

function toFeed({ feed, seed, scenario }: Item): FeedDescription | undefined {
  if (feed === 'coingecko') return { feed }
  const known = scenarios.find((name) => name === scenario)
  if (feed !== 'simulated' || typeof seed !== 'string' || !known) return undefined
  return { feed, seed, scenario: known }
}
