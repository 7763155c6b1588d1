import { at, expectEqual, newKey, noErrors, type Chapter, type Step, type Story } from '../story.ts'

const market = (story: Story): Step => ({
  says: 'They look at the market.',
  operation: 'DemoMarket',
  variables: () => ({}),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'market.isOpen'), true, 'the market’s openness')
    expectEqual(at(answer.data, 'assets.nodes.0.id'), 'BTC', 'the first asset')
    story.bitcoinPrice = Number(at(answer.data, 'assets.nodes.0.quote.price'))
    return `${String(at(answer.data, 'assets.totalCount'))} assets, BTC at $${story.bitcoinPrice.toFixed(2)}`
  },
})

const preview = (): Step => ({
  says: 'They ask what 0.01 BTC would cost.',
  operation: 'DemoPreview',
  variables: () => ({
    input: { side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity: '0.01' },
  }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'previewOrder.refusal'), null, 'the refusal')
    return `$${String(at(answer.data, 'previewOrder.total'))}`
  },
})

const buy = (): Step => ({
  says: 'They buy it at the market price.',
  operation: 'DemoPlaceOrder',
  variables: () => ({
    input: { key: newKey(), side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity: '0.01' },
  }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'placeOrder.order.status'), 'COMPLETED', 'the status')
    return `filled for $${String(at(answer.data, 'placeOrder.order.total'))}`
  },
})

const oversell = (): Step => ({
  says: 'More than they own cannot be sold.',
  operation: 'DemoPlaceOrder',
  variables: () => ({
    input: { key: newKey(), side: 'SELL', type: 'MARKET', assetId: 'BTC', quantity: '0.02' },
  }),
  check: ({ errorCodes }) => {
    expectEqual(errorCodes.join(','), 'INSUFFICIENT_HOLDINGS', 'the refusal')
    return 'INSUFFICIENT_HOLDINGS'
  },
})

const limitBuy = (story: Story, factor: number) => ({
  input: {
    key: newKey(),
    side: 'BUY',
    type: 'LIMIT',
    assetId: 'BTC',
    quantity: '0.005',
    limitPrice: (story.bitcoinPrice * factor).toFixed(2),
  },
})

const placeLimit = (story: Story): Step => ({
  says: 'A limit order above the market fills at the market price, never at its limit.',
  operation: 'DemoPlaceOrder',
  variables: () => limitBuy(story, 1.05),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'placeOrder.order.status'), 'COMPLETED', 'the status')
    const price = Number(at(answer.data, 'placeOrder.order.price'))
    if (price >= story.bitcoinPrice * 1.05) throw new Error(`it filled at ${price}`)
    return `filled at $${price.toFixed(2)}`
  },
})

const placeWaiting = (story: Story): Step => ({
  says: 'One far below the market waits, and sets its cash aside.',
  operation: 'DemoPlaceOrder',
  variables: () => limitBuy(story, 0.5),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'placeOrder.order.status'), 'PENDING', 'the status')
    story.limitOrderId = String(at(answer.data, 'placeOrder.order.id'))
    return story.limitOrderId
  },
})

const readWaiting = (story: Story): Step => ({
  says: 'The waiting order can be read.',
  operation: 'DemoOrder',
  variables: () => ({ id: story.limitOrderId }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'order.status'), 'PENDING', 'the status')
    return `$${String(at(answer.data, 'order.heldCash'))} held at $${String(at(answer.data, 'order.limitPrice'))}`
  },
})

const cancel = (story: Story): Step => ({
  says: 'Cancelling it returns the whole hold.',
  operation: 'DemoCancelOrder',
  variables: () => ({ input: { orderId: story.limitOrderId } }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'cancelOrder.order.status'), 'CANCELLED', 'the status')
    return 'CANCELLED'
  },
})

/** They buy at the market and with a limit. */
export const trade: Chapter = (story) => [
  market(story),
  preview(),
  buy(),
  oversell(),
  placeLimit(story),
  placeWaiting(story),
  readWaiting(story),
  cancel(story),
]
