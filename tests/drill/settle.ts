import { complaintsOf, verifyStore } from '../money/bank.ts'
import type { Answer } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import type { Load } from './load.ts'

const page = /* GraphQL */ `
  query ($after: String) {
    me {
      portfolio {
        activity(first: 100, after: $after, kinds: [BUY]) {
          nodes {
            orderId
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`

interface Page {
  readonly me: { readonly portfolio: { readonly activity: Activities } }
}

interface Activities {
  readonly nodes: readonly { readonly orderId: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

async function countFills(trader: Trader): Promise<number> {
  let fills = 0
  let after: string | null = null
  do {
    const answer: Answer<Page> = await trader.ask<Page>(page, { after })
    const activity: Activities | undefined = answer.data?.me.portfolio.activity
    if (!activity) throw new Error(`The journal cannot be read: ${answer.codes.join()}`)
    fills += activity.nodes.length
    after = activity.pageInfo.hasNextPage ? activity.pageInfo.endCursor : null
  } while (after !== null)
  return fills
}

export interface Settlement {
  readonly orders: number
  readonly ordersFilledTwice: number
  readonly ordersLost: number
  readonly violations: readonly string[]
}

/**
 * Repeats every order with its key, which places those that were not placed and no other; then each key must have one
 * fill in the journal.
 */
export async function settleOrders(
  { keys }: Load,
  endpoint: string,
  signal: AbortSignal,
): Promise<Settlement> {
  let [orders, ordersFilledTwice, ordersLost] = [0, 0, 0]
  const settle = async (trader: Trader, own: readonly string[]): Promise<void> => {
    for (const key of own) {
      signal.throwIfAborted()
      const { codes } = await trader.buys('0.0001', 'BTC', key)
      if (codes.length > 0) throw new Error(`${key} is not settled: ${codes.join()}`)
    }
    const fills = await countFills(trader)
    orders += own.length
    ordersFilledTwice += Math.max(0, fills - own.length)
    ordersLost += Math.max(0, own.length - fills)
  }
  await Promise.all([...keys].map(([trader, own]) => settle(trader, own)))
  const verification = await verifyStore(endpoint)
  const violations = [...complaintsOf(verification), ...verification.unsettled]
  return { orders, ordersFilledTwice, ordersLost, violations }
}
