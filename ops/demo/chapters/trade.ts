import { at, expectEqual, newKey, noErrors, type Chapter, type Step, type Story } from '../story.ts'

const market = (story: Story): Step => ({
  says: 'They look at the market.',
  note: 'The simulated market is a pure function of seed and time: the same demo runs everywhere, without a network.',
  operation: 'DemoMarket',
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'market.isOpen'), true, 'the market’s openness')
    expectEqual(at(answer.data, 'assets.nodes.0.id'), 'BTC', 'the first asset')
    story.bitcoinPrice = Number(at(answer.data, 'assets.nodes.0.quote.price'))
    const [bid, ask] = ['bid', 'ask'].map((side) =>
      Number(at(answer.data, `assets.nodes.0.${side}`)).toFixed(2),
    )
    const origin = at(answer.data, 'assets.nodes.0.depth.simulated') === true ? ', simulated' : ''
    return `${String(at(answer.data, 'assets.totalCount'))} assets, BTC at $${story.bitcoinPrice.toFixed(2)} (bid $${bid}, ask $${ask}${origin})`
  },
})

const preview = (): Step => ({
  says: 'They ask what 0.01 BTC would cost.',
  note: 'A preview runs the same pure function that decides the order.',
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
  note: 'It fills at the ask, which is a little above the market price: the spread. Cash, holding, order and journal change in one transaction, or nothing does.',
  operation: 'DemoPlaceOrder',
  variables: () => ({
    input: { key: newKey(), side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity: '0.01' },
  }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'placeOrder.order.status'), 'COMPLETED', 'the status')
    const price = Number(at(answer.data, 'placeOrder.order.price')).toFixed(2)
    return `filled at $${price} for $${String(at(answer.data, 'placeOrder.order.total'))}`
  },
})

const oversell = (): Step => ({
  says: 'More than they own cannot be sold.',
  note: "The refusal comes from the ledger's transaction, so that two sales at once cannot both pass.",
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
  note: 'The limit is the worst price, not the price.',
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
  note: 'Held cash cannot be spent or withdrawn, so that the order can always be filled.',
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
  note: 'An order belongs to its owner; another user gets ORDER_NOT_FOUND.',
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
  note: 'A race between cancellation and fill has one winner, which the transaction decides.',
  operation: 'DemoCancelOrder',
  variables: () => ({ input: { orderId: story.limitOrderId } }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'cancelOrder.order.status'), 'CANCELLED', 'the status')
    return 'CANCELLED'
  },
})

/** Together with half of the spread, a distance that the market goes within seconds. */
const straddleShare = 0.0001

const placeBeside = (story: Story, side: 'BUY' | 'SELL'): Step => ({
  says: `A limit order waits just ${side === 'BUY' ? 'below' : 'above'} the market.`,
  note: 'One order on each side: whichever way the market moves, one of them fills.',
  operation: 'DemoPlaceOrder',
  variables: () => {
    const factor = side === 'BUY' ? 1 - straddleShare : 1 + straddleShare
    const { input } = limitBuy(story, factor)
    return { input: { ...input, side, quantity: '0.001' } }
  },
  check: (answer) => {
    noErrors(answer)
    story.straddle.push(String(at(answer.data, 'placeOrder.order.id')))
    return String(at(answer.data, 'placeOrder.order.status'))
  },
})

const waitForFill = (story: Story): Step => ({
  says: 'The market ticks until one of them fills.',
  note: 'Each tick is matched with the orders that wait nearest to the price. A price that was missed is made up for from the candles.',
  operation: 'DemoOrder',
  waitMs: 60_000,
  variables: () => ({ id: story.straddle.reverse()[0] }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'order.status'), 'COMPLETED', 'the status')
    return `filled at $${String(at(answer.data, 'order.price'))}`
  },
})

const cancelOther = (story: Story): Step => ({
  says: 'The other one is cancelled.',
  note: 'If it has filled in the meantime, the cancellation is refused: an order has one outcome.',
  operation: 'DemoCancelOrder',
  variables: () => ({ input: { orderId: story.straddle[1] } }),
  check: ({ data, errorCodes }) => {
    const outcome = errorCodes[0] ?? String(at(data, 'cancelOrder.order.status'))
    if (!['CANCELLED', 'ORDER_NOT_CANCELLABLE'].includes(outcome)) throw new Error(outcome)
    return outcome
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
  market(story),
  placeBeside(story, 'BUY'),
  placeBeside(story, 'SELL'),
  waitForFill(story),
  cancelOther(story),
]
