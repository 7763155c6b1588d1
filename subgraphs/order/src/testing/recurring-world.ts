import { expect } from '@jest/globals'
import { runDueRecurring } from '../jobs/run-recurring-orders.ts'
import type { OrderParts } from '../server.ts'
import { codeOf } from './limit-world.ts'
import { type Answer, type OrderWorld, startOrderWorld } from './order-world.ts'

const fields = `id assetId amount frequency weekday dayOfMonth time timeZone status nextDate nextAt createdAt
  runs { date dueAt at outcome orderId code reason }`

export interface Recurring {
  readonly id: string
  readonly status: string
  readonly nextDate: string | null
  readonly nextAt: string | null
  readonly runs: readonly {
    readonly date: string
    readonly outcome: string
    readonly orderId: string | null
    readonly code: string | null
    readonly reason: string | null
  }[]
}

const create = `mutation ($input: CreateRecurringOrderInput!) {
  createRecurringOrder(input: $input) { recurringOrder { ${fields} } } }`
const change = (field: string) => `mutation ($id: ID!) {
  ${field}(id: $id) { recurringOrder { ${fields} } } }`
const deletion = 'mutation ($id: ID!) { deleteRecurringOrder(id: $id) { id } }'
const list = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on User { recurringOrders { ${fields} } orders { nodes { id recurringOrderId status quoteAmount createdAt } } } } }`

let count = 0

/** The input of a daily buy of BTC for $100 at 09:30 in Berlin, with a new key. */
export const daily = (more: object = {}) => ({
  key: `key-${String(++count).padStart(8, '0')}`,
  assetId: 'BTC',
  amount: '100.00',
  frequency: 'DAILY',
  time: '09:30',
  timeZone: 'Europe/Berlin',
  ...more,
})

export type RecurringWorld = Awaited<ReturnType<typeof startRecurringWorld>>

/** Tests run what is due themselves, because the clock is theirs. */
const quiet = { ORDER_RECURRING_INTERVAL_MS: '86400000', ORDER_EXPIRY_INTERVAL_MS: '86400000' }

/** The order subgraph with recurring orders of alice_1, who has $10,000; the clock stands at 2026-01-05 10:00 UTC. */
export async function startRecurringWorld(env: Readonly<Record<string, string>> = {}) {
  const world = await startOrderWorld({ ...quiet, ...env })
  const second = await world.openProcess()
  const startMs = world.clock.now()
  const send = (input: object, username = 'alice_1', at?: OrderParts): Promise<Answer> =>
    world.ask(username, create, { input }, at)
  const read = (username = 'alice_1', of = username) => readOrders(world, username, of)
  const runAt = async (instant: string, parts: OrderParts = world.main): Promise<number> => {
    world.clock.set(Date.parse(instant))
    return runDueRecurring(parts.deps)
  }
  return {
    ...world,
    second,
    send,
    created: async (input: object, username?: string): Promise<Recurring> => {
      const answer = await send(input, username)
      expect(answer.errors).toBeUndefined()
      const payload = answer.data?.['createRecurringOrder'] as { recurringOrder: Recurring }
      return payload.recurringOrder
    },
    /** The only recurring order of alice_1, as it is now. */
    one: async (): Promise<Recurring> => {
      const [order] = (await read()).recurring ?? []
      if (!order) throw new Error('alice_1 has no recurring order.')
      return order
    },
    read,
    pause: (id: string, username = 'alice_1') =>
      world.ask(username, change('pauseRecurringOrder'), { id }),
    resume: (id: string, username = 'alice_1') =>
      world.ask(username, change('resumeRecurringOrder'), { id }),
    remove: (id: string, username = 'alice_1') => world.ask(username, deletion, { id }),
    /** Sets the clock and runs what is due then; how many recurring orders ran. */
    runAt,
    reset: async () => {
      await world.reset()
      world.clock.set(startMs)
      // With all that a test has said of it.
      world.quotes.remove('BTC')
      world.quotes.set('BTC', '50000')
      await world.openUser('alice_1', '10000')
      await world.openUser('bobby_1', '10000')
    },
  }
}

/** What a user reads of another one, or of itself. */
async function readOrders({ ask }: Pick<OrderWorld, 'ask'>, username: string, of: string) {
  const answer = await ask(username, list, { of: [{ __typename: 'User', username: of }] })
  const [user] = (answer.data?.['_entities'] ?? []) as {
    recurringOrders: Recurring[]
    orders: { nodes: { id: string; recurringOrderId: string | null }[] } | null
  }[]
  return { code: codeOf(answer), recurring: user?.recurringOrders, orders: user?.orders?.nodes }
}
