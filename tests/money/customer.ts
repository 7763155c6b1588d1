import type { Answer } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import { drawIntent, type Intent, type Prices } from './intents.ts'
import type { Random } from './random.ts'
import { type Outcome, settle } from './settle.ts'

/** One command and its final answer. */
export interface Deed {
  readonly intent: Intent
  readonly outcome: Outcome<Receipt>
}

/** The content of an acknowledgement. */
export interface Receipt {
  /** The journal entry of a cash movement. */
  readonly entryId?: string
  readonly order?: PlacedOrder
}

export interface PlacedOrder {
  readonly id: string
  readonly status: string
  readonly quantity: string
  readonly total: string | null
}

/** Whether an order waits, with or without parts that have filled. */
export const isOpen = ({ status }: Pick<PlacedOrder, 'status'>): boolean =>
  status === 'PENDING' || status === 'PARTIALLY_FILLED'

export interface Customer {
  readonly trader: Trader
  readonly deeds: Deed[]
  /** Runs one more command. */
  act(deadlineAt: number): Promise<void>
}

const cashMutation = (field: string): string =>
  `mutation ($input: CashInput!) { ${field}(input: $input) { entry { id } } }`

const placeMutation = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        id
        status
        quantity
        total
      }
    }
  }
`

const cancelMutation = /* GraphQL */ `
  mutation ($input: CancelOrderInput!) {
    cancelOrder(input: $input) {
      order {
        id
        status
        quantity
        total
      }
    }
  }
`

const replaceMutation = /* GraphQL */ `
  mutation ($input: ReplaceOrderInput!) {
    replaceOrder(input: $input) {
      order {
        id
        status
        quantity
        total
      }
    }
  }
`

const claimMutation = /* GraphQL */ `
  mutation ($input: ClaimRedPocketInput!) {
    claimRedPocket(input: $input) {
      amount
    }
  }
`

interface Payload {
  readonly entry?: { readonly id: string }
  readonly order?: PlacedOrder
}

type PayloadAnswer = Answer<Record<string, Payload>>

function send(trader: Trader, intent: Intent): Promise<PayloadAnswer> {
  switch (intent.kind) {
    case 'deposit':
    case 'withdraw': {
      const { kind, key, amount } = intent
      return trader.ask(cashMutation(kind), { input: { key, amount } })
    }
    case 'order':
      return trader.ask(placeMutation, { input: { key: intent.key, ...intent.input } })
    case 'replace': {
      const { key, orderId, quantity } = intent
      return trader.ask(replaceMutation, { input: { key, orderId, quantity } })
    }
    case 'cancel':
      return trader.ask(cancelMutation, { input: { orderId: intent.orderId } })
    case 'claim':
      return trader.ask(claimMutation, { input: { key: intent.key, phrase: 'good fortune' } })
  }
}

function receiptOf(outcome: Outcome<Record<string, Payload>>): Outcome<Receipt> {
  if (outcome.kind !== 'acknowledged') return outcome
  const [payload = {}] = Object.values(outcome.data)
  const { entry, order } = payload
  return {
    kind: 'acknowledged',
    data: { ...(entry && { entryId: entry.id }), ...(order && { order }) },
  }
}

/** A user who sends random commands over the public API and records every response. */
export function createCustomer(
  trader: Trader,
  { random, prices, nextSerial }: { random: Random; prices: Prices; nextSerial: () => number },
): Customer {
  const deeds: Deed[] = []
  const openOrders: PlacedOrder[] = []
  return {
    trader,
    deeds,
    act: async (deadlineAt) => {
      const intent = drawIntent(random, { serial: nextSerial(), prices, openOrders })
      const outcome = receiptOf(await settle(() => send(trader, intent), deadlineAt))
      deeds.push({ intent, outcome })
      if (outcome.kind !== 'acknowledged') return
      const { order } = outcome.data
      if (intent.kind === 'cancel' || intent.kind === 'replace') {
        const place = openOrders.findIndex(({ id }) => id === intent.orderId)
        if (place >= 0) openOrders.splice(place, 1)
      }
      if (intent.kind !== 'cancel' && order && isOpen(order)) openOrders.push(order)
    },
  }
}
