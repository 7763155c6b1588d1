import { limits } from '@cnop/schema/limits'
import { type AmountUnit, parseAmount, type TypedAmount } from '../../format/amount.ts'
import type { OrdersOrderQuery, ReplaceOrderInput } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { limitOf } from '../../lists/order-words.ts'
import type { DraftedOrder } from '../../ticket/amounts.ts'
import { endOfDay } from '../../ticket/expiry.ts'
import { typedShare } from '../../ticket/terms.ts'

export type Order = NonNullable<OrdersOrderQuery['order']>

/** The inputs of a replacement that are typed, and the flag that takes each optional one away. */
const removal = {
  quantity: null,
  limitPrice: null,
  stopPrice: null,
  stopLimitPrice: 'removeStopLimit',
  trailAmount: null,
  trailBasisPoints: null,
  takeProfitPrice: 'removeTakeProfit',
  stopLossPrice: 'removeStopLoss',
  stopLossLimitPrice: 'removeStopLossLimit',
} as const

export type Input = keyof typeof removal

export type Field = {
  readonly input: Input
  readonly label: string
  readonly unit: AmountUnit
  readonly ticker: string
  /** As the open order has it; empty where it has none. */
  readonly before: string
}

export type Texts = Readonly<Partial<Record<Input, string>>>

/** A percentage of two decimal places as its API's whole number. */
const percentOf = (points: number): string => String(points / 100)

/** The fields of an open order: a stop that follows the market moves its prices itself, and one that was triggered is gone. */
export function fieldsOf(order: Order): readonly Field[] {
  const { assetId, side, type, triggeredAt, trailBasisPoints } = order
  const isFollowing = type === 'TRAILING_STOP'
  const field = (input: Input, label: string, before: string | null, unit: AmountUnit = 'PRICE') =>
    ({ input, label, unit, ticker: assetId, before: before ?? '' }) satisfies Field
  const required = (input: Input, label: string, before: string | null) =>
    before === null ? [] : [field(input, label, before)]
  return [
    field(
      'quantity',
      i18n.t('Quantity of {asset}', { asset: assetId }),
      order.remainingQuantity,
      'QUANTITY',
    ),
    ...required('limitPrice', i18n.t('Limit price'), limitOf(order)),
    ...(isFollowing || triggeredAt
      ? []
      : required('stopPrice', i18n.t('Stop price'), order.stopPrice)),
    ...(type === 'OCO' && !triggeredAt
      ? [field('stopLimitPrice', i18n.t('Limit of the stop'), order.stopLimitPrice)]
      : []),
    ...required('trailAmount', i18n.t('Distance in US dollars'), order.trailAmount),
    ...(trailBasisPoints === null
      ? []
      : [
          {
            ...field('trailBasisPoints', i18n.t('Distance in per cent'), null, 'PERCENT'),
            ...{ ticker: '%', before: percentOf(trailBasisPoints) },
          },
        ]),
    ...(side === 'BUY' && !isFollowing
      ? [
          field('takeProfitPrice', i18n.t('Take profit at'), order.takeProfitPrice),
          field('stopLossPrice', i18n.t('Stop loss at'), order.stopLossPrice),
          field('stopLossLimitPrice', i18n.t('Limit of the stop loss'), order.stopLossLimitPrice),
        ]
      : []),
  ]
}

const isOptional = ({ input }: Field): boolean => removal[input] !== null

const textOf = ({ input, before }: Field, texts: Texts): string => texts[input] ?? before

/** The fields with a meaning: a limit of the stop loss needs the stop loss. */
export const shownFields = (fields: readonly Field[], texts: Texts): readonly Field[] => {
  const loss = fields.find(({ input }) => input === 'stopLossPrice')
  const hasLoss = loss !== undefined && textOf(loss, texts).trim() !== ''
  return fields.filter(({ input }) => input !== 'stopLossLimitPrice' || hasLoss)
}

function parse({ input, unit }: Field, text: string): TypedAmount {
  if (input === 'trailBasisPoints') return typedShare(text)
  return unit === 'PRICE'
    ? parseAmount(text, unit, limits.highestLimitPrice)
    : parseAmount(text, unit)
}

/** What a field says; an empty one takes an optional price away. */
export function typedIn(field: Field, texts: Texts): TypedAmount {
  const text = textOf(field, texts)
  const amount = parse(field, text)
  if (amount.plain !== undefined || amount.problem !== undefined || isOptional(field)) return amount
  return { problem: i18n.t('An order like this needs it.') }
}

const isChanged = (field: Field, texts: Texts): boolean =>
  typedIn(field, texts).plain !== parse(field, field.before).plain

/** A percentage is a whole number of the API. */
const sent = ({ input }: Field, plain: string): string | number =>
  input === 'trailBasisPoints' ? Math.round(Number(plain) * 100) : plain

/** One change as the API takes it. */
function changeOf(field: Field, texts: Texts): Partial<ReplaceOrderInput> {
  const { input } = field
  const { plain } = typedIn(field, texts)
  const flag = removal[input]
  if (plain === undefined) return flag === null ? {} : { [flag]: true }
  return { [input]: sent(field, plain) }
}

/** The expiry of a replacement: only another last day is sent, and none means until it is cancelled. */
function waitOf(day: string, before: string): Partial<ReplaceOrderInput> {
  if (day === before) return {}
  const expiresAt = endOfDay(day)
  return expiresAt ? { timeInForce: 'GTD', expiresAt } : { timeInForce: 'GTC' }
}

type Typed = {
  readonly texts: Texts
  readonly day: string
  /** The last day of the open order. */
  readonly lastDay: string
}

/** What was changed, or nothing while a field is wrong. */
export function changesIn(
  fields: readonly Field[],
  { texts, day, lastDay }: Typed,
): { readonly isRight: boolean; readonly changes: Partial<ReplaceOrderInput> } {
  const shown = shownFields(fields, texts)
  const isRight = shown.every((field) => typedIn(field, texts).problem === undefined)
  const changed = shown.filter((field) => isChanged(field, texts))
  const changes = changed.reduce((all, field) => ({ ...all, ...changeOf(field, texts) }), {})
  return { isRight, changes: { ...changes, ...waitOf(day, lastDay) } }
}

/** The order as it would be, for the words of its preview. */
export function editedOrder(order: Order, fields: readonly Field[], typed: Typed): DraftedOrder {
  const { side, assetId, type, triggeredAt, trailBasisPoints } = order
  const values = shownFields(fields, typed.texts).flatMap((field) => {
    const { plain } = typedIn(field, typed.texts)
    return plain === undefined ? [] : [[field.input, sent(field, plain)] as const]
  })
  const expiresAt = endOfDay(typed.day)
  return {
    ...{ side, assetId, type: triggeredAt ? 'LIMIT' : type },
    ...(trailBasisPoints !== null && { trailBasisPoints }),
    ...(Object.fromEntries(values) as Partial<DraftedOrder>),
    ...(expiresAt && { expiresAt }),
  }
}
