import {
  addQuantity,
  addUsd,
  formatQuantity as plainQuantity,
  formatUsd,
  parsePrice,
  parseQuantity,
  parseUsd,
  subtractQuantity,
} from '@cnop/kit/money'
import type { ReactNode } from 'react'
import {
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  signOf,
} from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { Fact } from '../ui/Facts.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import type { DraftedOrder } from './amounts.ts'
import type { Preview } from './use-preview.ts'
import type { Balances, TicketState } from './use-ticket.ts'

export type Shown = {
  readonly order: DraftedOrder
  readonly preview: Preview
  /** The market price of the preview. */
  readonly marketPrice: string | undefined
  /** The balances before the order. */
  readonly balances: Balances | undefined
}

/** The preview returns the limit while the order would wait, and the market price when it would fill. */
export function isWaiting({
  order: { limitPrice },
  preview,
  marketPrice = '0',
}: Omit<Shown, 'balances'>): boolean {
  if (limitPrice === undefined) return false
  const limit = parsePrice(limitPrice)
  return parsePrice(preview.price) === limit && parsePrice(marketPrice) !== limit
}

/** The order as it is sent, and when it fills. */
function terms(shown: Shown): string {
  const { order, preview, marketPrice } = shown
  const type =
    order.limitPrice === undefined ? 'Market' : `Limit ${formatExactPrice(order.limitPrice)}`
  if (preview.refusal !== null) return type
  if (isWaiting(shown)) return `${type} · waits for this price`
  return `${type} · fills now at about ${formatPrice(marketPrice ?? preview.price)}`
}

function totalLabel(shown: Shown): string {
  const { side } = shown.order
  if (isWaiting(shown)) return side === 'BUY' ? 'Set aside' : 'You receive at least'
  return side === 'BUY' ? 'You pay' : 'You receive'
}

function describeMovement(shown: Omit<Shown, 'balances'>): string {
  const isBuy = shown.order.side === 'BUY'
  const total = formatMoney(shown.preview.total)
  if (isWaiting(shown)) return isBuy ? `sets ${total} aside` : `brings at least ${total}`
  return `${isBuy ? 'spends' : 'brings'} about ${total} now`
}

/** Dollars at a limit are sent as a quantity; at a better price they spend less than was typed. */
export function describeLimitSize(
  order: DraftedOrder,
  { preview, previewMarketPrice }: Pick<TicketState, 'preview' | 'previewMarketPrice'>,
): string {
  const { quantity = '0', assetId, limitPrice = '0' } = order
  const sent = `Sends ${formatQuantity(quantity)} ${assetId} at ${formatExactPrice(limitPrice)} or better`
  if (preview?.quantity !== quantity || preview.refusal !== null) return sent
  return `${sent}; ${describeMovement({ order, preview, marketPrice: previewMarketPrice })}`
}

/** The quantity that open orders hold. */
export function heldOf(holding: Balances['holding']): string {
  if (!holding) return '0'
  return plainQuantity(
    subtractQuantity(parseQuantity(holding.quantity), parseQuantity(holding.available)),
  )
}

/** The amounts that open orders hold after this one is placed, its own included while it waits. */
function heldAfterwards(shown: Shown): { readonly cash: string; readonly quantity: string } {
  const { order, preview, balances } = shown
  const { cash, holding } = balances ?? {}
  const isHolding = (side: 'BUY' | 'SELL') => order.side === side && isWaiting(shown)
  const held = parseQuantity(heldOf(holding ?? null))
  const more = parseQuantity(isHolding('SELL') ? preview.quantity : '0')
  return {
    cash: formatUsd(
      addUsd(parseUsd(cash?.held ?? '0'), parseUsd(isHolding('BUY') ? preview.total : '0')),
    ),
    quantity: plainQuantity(addQuantity(held, more)),
  }
}

function Afterwards({ available, held }: { available: ReactNode; held: ReactNode }) {
  if (!held) return available
  return (
    <span className="prose">
      {available} available, {held} held by open orders
    </span>
  )
}

/** The movements of the order and the remaining balance; empty for an order that would be refused. */
function outcome(shown: Shown): readonly Fact[] {
  const { order, preview } = shown
  if (preview.refusal !== null) return []
  const held = heldAfterwards(shown)
  return [
    ...(signOf(preview.fee) === 0 ? [] : [['Fee', formatMoney(preview.fee)] as const]),
    [totalLabel(shown), <strong key="total">{formatMoney(preview.total)}</strong>],
    [
      'Cash afterwards',
      <Afterwards
        key="cash"
        available={<Money value={preview.cashAfter} />}
        held={signOf(held.cash) > 0 && <Money value={held.cash} />}
      />,
    ],
    [
      `${order.assetId} afterwards`,
      <Afterwards
        key="quantity"
        available={<Quantity value={preview.quantityAfter} />}
        held={signOf(held.quantity) > 0 && <Quantity value={held.quantity} />}
      />,
    ],
  ]
}

/** The effects of the order, line by line, and with `withPrice` the price that they come from. */
export function previewFacts(shown: Shown, { withPrice = false } = {}): readonly Fact[] {
  const { order, preview, marketPrice } = shown
  const { assetId, expiresAt, limitPrice } = order
  const price = marketPrice ?? (isWaiting(shown) ? undefined : preview.price)
  return [
    [
      'Order',
      <span key="order" className="prose">
        {terms(shown)}
      </span>,
    ],
    ['Quantity', `${formatQuantity(preview.quantity)} ${assetId}`],
    ...(withPrice && price ? [['Price now', formatPrice(price)] as const] : []),
    ...(limitPrice === undefined
      ? []
      : [['Good till', expiresAt ? formatDateTime(expiresAt) : 'you cancel it'] as const]),
    ...outcome(shown),
  ]
}
