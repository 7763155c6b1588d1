import { connect, type Db } from '@cnop/kit/dynamo'
import { chance } from '@cnop/kit/ids'
import { subgraphNames } from '@cnop/schema/read'
import { type Split, startSplit } from '../../../ops/split/split.ts'
import { createOperator } from '../../world/admin.ts'
import { createClient } from '../../world/client.ts'
import { followText } from '../../world/stream.ts'
import { createTrader, type Trader } from '../../world/trader.ts'

/** The platform as six processes, with those who use it. */
export interface Platform {
  readonly split: Split
  readonly db: Db
  readonly directory: string
  readonly trader: Trader
  /** Another user, whose account a fault alters. */
  readonly victim: Trader
  readonly operator: Trader
  /** Host and port of each process's metrics. */
  readonly targets: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Limits that a burst from one machine reaches. */
const limits = { REQUESTS_AT_ONCE: '40', RATE_LIMIT_PER_MINUTE: '400' }

const part = (): number => 1 + Math.floor(chance() * 250)

export const address = (): string => `198.18.${part()}.${part()}`

/** A client behind a proxy, from another address each time. */
export const from = (at = address()): Record<string, string> => ({ 'x-forwarded-for': at })

export async function startPlatform(directory: string): Promise<Platform> {
  const split = await startSplit({
    env: {
      ...limits,
      DATA_DIRECTORY: directory,
      LOG_LEVEL: 'silent',
      WEB_ENABLED: 'false',
      SEED_DEMO_USER: 'false',
      TRUSTED_PROXIES: '127.0.0.1',
      LEDGER_VERIFY_INTERVAL_MS: '1000',
      INVENTORY_LEASE_MS: '2000',
    },
    onLine: () => undefined,
  })
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: split.engine.endpoint })
  const client = createClient(split.origin)
  const [trader, victim] = [await createTrader(client), await createTrader(client)]
  for (const user of [trader, victim]) await user.deposits('1000.00')
  const hosts = subgraphNames.map((name) => [name, new URL(split.urls[name]).host] as const)
  return {
    ...{ split, db, directory, trader, victim },
    operator: await createOperator(client, db),
    targets: Object.fromEntries([...hosts, ['router', new URL(split.origin).host] as const]),
    stop: async () => {
      db.close()
      await split.stop()
    },
  }
}

/** Ten requests a second that touch every subgraph; what they return is of no interest. */
export function press({ trader, operator, split }: Platform): { stop(): Promise<void> } {
  const queries = [
    '{ me { username portfolio { cash { available } recentOrders(first: 1) { nodes { id } } redPocket { claimedToday } } } }',
    '{ market { feed isOpen } }',
    '{ me { portfolio { totalValue insight { summary } } } }',
    '{ me { portfolio { activity(first: 1) { nodes { id } } } } }',
    '{ __typename }',
  ]
  const running = new Set<Promise<unknown>>()
  const launch = (work: Promise<unknown>): void => {
    const settled = work.catch(() => undefined).finally(() => running.delete(settled))
    running.add(settled)
  }
  let count = 0
  const timer = setInterval(() => {
    count += 1
    launch(trader.ask(queries[count % queries.length]!, {}, from()))
    if (count % 50 === 0) launch(trader.buys('0.0001', 'BTC'))
    // An error of a client, for the panel of codes.
    if (count % 40 === 0) launch(trader.ask('{ order(id: "ord_nothing_here") { id } }'))
    if (count % 60 === 0) launch(operator.ask('{ __typename }'))
  }, 100)
  const stream = followText(
    split.origin,
    'subscription { prices(ids: ["BTC"]) { prices { assetId } } }',
    { token: trader.token },
  )
  return {
    stop: async () => {
      clearInterval(timer)
      ;(await stream).leave()
      await Promise.all(running)
    },
  }
}
