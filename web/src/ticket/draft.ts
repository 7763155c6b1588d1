import { displayedPrice } from '../format/money.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'

/** The types of orders that are chosen together, as kinds of a stop. */
export const stopTypes = [
  'STOP',
  'STOP_LIMIT',
  'TRAILING_STOP',
  'OCO',
] as const satisfies OrderType[]

export const isStop = (type: OrderType): boolean => stopTypes.some((each) => each === type)
export const hasLimit = (type: OrderType): boolean =>
  type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'OCO'
export const hasStopPrice = (type: OrderType): boolean => isStop(type) && type !== 'TRAILING_STOP'

/** How long an order waits: until it is cancelled, until a day, until the UTC day ends, or not at all. */
export type Wait = 'GTC' | 'DATE' | 'DAY' | 'IOC' | 'FOK'

/** The user's input. Amounts are text until they are sent. */
export type Draft = {
  readonly side: OrderSide
  readonly type: OrderType
  readonly unit: 'QUANTITY' | 'USD'
  readonly amount: string
  /** What was typed in the other unit before it was converted to `shown`. */
  readonly typed: {
    readonly unit: Draft['unit']
    readonly amount: string
    readonly shown: string
  } | null
  readonly limitPrice: string
  /** The limit price that the ticket filled in. It is replaced, unlike one that was typed. */
  readonly startingLimit: string
  readonly stopPrice: string
  /** The worst price of the stop of an OCO order; it may be empty. */
  readonly stopLimit: string
  /** The distance of a trailing stop, in per cent or in dollars. */
  readonly trail: string
  readonly trailUnit: 'PERCENT' | 'PRICE'
  readonly wait: Wait
  /** The last day of an order that waits until one. */
  readonly lastDay: string
  /** Whether what is bought is to be sold again, and where. */
  readonly hasExits: boolean
  readonly takeProfit: string
  readonly stopLoss: string
  /** The worst price of the stop loss; it may be empty. */
  readonly stopLossLimit: string
  /** Whether the lots of a sale are chosen, and which, by their days. */
  readonly hasLots: boolean
  readonly lots: readonly string[]
}

const noTerms = {
  limitPrice: '',
  startingLimit: '',
  stopPrice: '',
  stopLimit: '',
  trail: '',
  trailUnit: 'PERCENT',
  wait: 'GTC',
  lastDay: '',
  hasExits: false,
  takeProfit: '',
  stopLoss: '',
  stopLossLimit: '',
  hasLots: false,
  lots: [],
} as const satisfies Partial<Draft>

export const emptyDraft: Draft = {
  side: 'BUY',
  type: 'MARKET',
  unit: 'QUANTITY',
  amount: '',
  typed: null,
  ...noTerms,
}

/** A new draft on a side. Type and unit are kept; amounts, prices and last day are cleared. */
export const startDraft = ({ type, unit }: Draft, side: OrderSide): Draft => ({
  ...emptyDraft,
  side,
  type,
  unit,
})

const isAtOnce = (wait: Wait): boolean => wait === 'IOC' || wait === 'FOK'

/** Another type of order. What was typed is kept: terms that do not belong to the type are neither shown nor sent. */
export function withType(draft: Draft, type: OrderType, marketPrice: string | undefined): Draft {
  const { limitPrice, startingLimit, wait } = draft
  const isTyped = limitPrice !== startingLimit
  // A limit order starts with the price that is displayed now.
  const start = type === 'LIMIT' && !isTyped && marketPrice ? displayedPrice(marketPrice) : ''
  return {
    ...draft,
    type,
    limitPrice: isTyped ? limitPrice : start,
    startingLimit: start,
    wait: type === 'LIMIT' || !isAtOnce(wait) ? wait : 'GTC',
  }
}

/** Whether there is anything in a draft that its user would miss. */
export const isBegun = ({
  amount,
  limitPrice,
  stopPrice,
  trail,
  takeProfit,
  stopLoss,
}: Draft): boolean =>
  [amount, limitPrice, stopPrice, trail, takeProfit, stopLoss].some((text) => text !== '')

/** Whether a draft may have exits. */
export const mayHaveExits = ({ side }: Draft): boolean => side === 'BUY'
