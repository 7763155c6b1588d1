import { createFakeApi, type FakeAnswer, type FakeOperations } from './fake-api.ts'

const asset = {
  __typename: 'Asset',
  id: 'BTC',
  name: 'Bitcoin',
  isActive: true,
  haltedSince: null,
  quote: { __typename: 'Quote', price: '50000', quotedAt: '2026-11-21T12:00:00.000Z' },
}

const balances = {
  me: {
    __typename: 'User',
    username: 'ada_lovelace',
    portfolio: {
      __typename: 'Portfolio',
      username: 'ada_lovelace',
      cash: { __typename: 'Cash', available: '1000.00', held: '0.00', posted: '1000.00' },
      holding: {
        __typename: 'Holding',
        username: 'ada_lovelace',
        assetId: 'BTC',
        available: '0.25',
        quantity: '0.25',
        lots: [
          { __typename: 'Lot', acquiredOn: '2026-01-05', quantity: '0.05', basis: '2000.00' },
          { __typename: 'Lot', acquiredOn: '2026-03-01', quantity: '0.2', basis: '9000.00' },
        ],
      },
    },
  },
}

export const preview = (refusal: string | null = null, more: object = {}): FakeAnswer => ({
  data: {
    previewOrder: {
      __typename: 'OrderPreview',
      outcome: 'FILL',
      quantity: '0.01',
      filledQuantity: '0.01',
      price: '50000',
      midPrice: '50000',
      quotedAt: '2026-11-21T12:00:00.000Z',
      total: '500.00',
      fee: '0.00',
      liquidity: 'TAKER',
      feeBasisPoints: 0,
      cashAfter: '500.00',
      quantityAfter: '0.26',
      basis: null,
      realisedGain: null,
      valueLimit: '10000.00',
      refusal,
      refusalMessage: refusal,
      ...more,
    },
  },
})

export const placed: FakeAnswer = {
  data: {
    placeOrder: {
      __typename: 'PlaceOrderPayload',
      order: {
        __typename: 'Order',
        id: 'ord_1',
        assetId: 'BTC',
        side: 'BUY',
        type: 'MARKET',
        status: 'COMPLETED',
        quantity: '0.01',
        filledQuantity: '0.01',
        price: '50000',
        limitPrice: null,
        stopPrice: null,
        stopLimitPrice: null,
        takeProfitPrice: null,
        stopLossPrice: null,
        stopLossLimitPrice: null,
        total: '500.00',
        fee: '0.00',
        heldCash: null,
        reason: null,
        timeInForce: null,
        exitOrderId: null,
        expiresAt: null,
        createdAt: '2026-11-21T12:00:00.000Z',
        updatedAt: '2026-11-21T12:00:00.000Z',
      },
    },
  },
}

export const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    TicketAsset: { data: { asset } },
    TicketBalances: { data: balances },
    TicketPreview: preview(),
    TicketPlaceOrder: placed,
    ...operations,
  })

/** A platform that answers an operation only after `release`, once it is told to hold it. */
export function withHeld(operation: string, operations: FakeOperations = {}) {
  const api = platform(operations)
  const held: (() => void)[] = []
  let isHolding = false
  const fetchHeld: typeof fetch = async (input, init) => {
    const isMeant = typeof init?.body === 'string' && init.body.includes(operation)
    if (isHolding && isMeant) await new Promise<void>((resolve) => held.push(resolve))
    return api.fetch(input, init)
  }
  return {
    api: { ...api, fetch: fetchHeld },
    held,
    hold: () => {
      isHolding = true
    },
    release: () => {
      isHolding = false
      held.forEach((resolve) => resolve())
    },
  }
}

/** The orders that were placed. */
export const placedBy = (api: ReturnType<typeof platform>) =>
  api.calls.filter(({ operation }) => operation === 'TicketPlaceOrder')
