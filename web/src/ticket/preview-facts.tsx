import {
  addQuantity,
  addUsd,
  formatQuantity as plainQuantity,
  formatUsd,
  parseQuantity,
  parseUsd,
  subtractQuantity,
} from '@cnop/kit/money'
import { Trans } from '@lingui/react'
import type { ReactNode } from 'react'
import { formatMoney, signOf } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import type { Fact } from '../ui/Facts.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import { hasExits } from './exit-words.ts'
import { feeRateOf } from './fee-words.ts'
import { type Shown, termFacts } from './term-facts.tsx'
import { totalLabel, totalWords } from './total-words.ts'
import type { Balances } from './use-ticket.ts'

/** The quantity that open orders hold. */
export function heldOf(holding: Balances['holding']): string {
  if (!holding) return '0'
  return plainQuantity(
    subtractQuantity(parseQuantity(holding.quantity), parseQuantity(holding.available)),
  )
}

/** Whether a part fills now and the rest waits. */
const isPartWaiting = ({ order, preview }: Shown): boolean =>
  preview.outcome === 'PART' && order.timeInForce !== 'IOC'

/** Whether the order, or a part of it, waits with a hold. */
const holdsAfterwards = (shown: Shown): boolean =>
  shown.preview.outcome === 'WAIT' || isPartWaiting(shown)

/** The cash that open orders hold after this one is placed, its own included while it waits; 0 where it is not known. */
function heldCashAfterwards(shown: Shown): string {
  const { order, preview, balances } = shown
  const held = balances?.cash.held ?? '0'
  if (order.side !== 'BUY' || !holdsAfterwards(shown)) return held
  // A preview does not say how much of its total a part pays and how much its rest sets aside.
  if (isPartWaiting(shown)) return '0'
  return formatUsd(addUsd(parseUsd(held), parseUsd(preview.total)))
}

/** Whether what the order buys comes later, or some of it. */
const buysLater = (shown: Shown): boolean => shown.order.side === 'BUY' && holdsAfterwards(shown)

/** The quantity after the order has been placed; for a buy that waits, after it has filled. */
function holdingAfterwards(shown: Shown): { readonly available: string; readonly held: string } {
  const { order, preview, balances } = shown
  const held = heldOf(balances?.holding ?? null)
  const plus = (before: string, more: string): string =>
    plainQuantity(addQuantity(parseQuantity(before), parseQuantity(more)))
  const rest = plainQuantity(
    subtractQuantity(parseQuantity(preview.quantity), parseQuantity(preview.filledQuantity)),
  )
  if (order.side === 'SELL') {
    const isHeld = holdsAfterwards(shown)
    return { available: preview.quantityAfter, held: isHeld ? plus(held, rest) : held }
  }
  if (hasExits(order)) {
    // What a buy with exits has bought is held by their sale: a part that an IOC order buys, or in the end all of it.
    const isOnlyPart = preview.outcome === 'PART' && !isPartWaiting(shown)
    const bought = isOnlyPart ? preview.filledQuantity : preview.quantity
    return { available: preview.quantityAfter, held: plus(held, bought) }
  }
  const more = buysLater(shown) ? rest : '0'
  return { available: plus(preview.quantityAfter, more), held }
}

function Afterwards({ available, held }: { available: ReactNode; held: ReactNode }) {
  if (!held) return available
  return (
    <span className="prose">
      <Trans
        id="<0/> available, <1/> held by open orders"
        components={{ 0: <>{available}</>, 1: <>{held}</> }}
      />
    </span>
  )
}

/** A stop buy fills at the market of its moment, and so more is set aside than its stop price needs. */
function allowance({ order, preview }: Shown): readonly Fact[] {
  const { side, type, stopLimitPrice } = order
  const isOco = type === 'OCO' && stopLimitPrice === undefined
  const fillsAtMarket = type === 'STOP' || type === 'TRAILING_STOP' || isOco
  if (side !== 'BUY' || !fillsAtMarket || preview.outcome !== 'WAIT') return []
  return [
    [
      i18n.t('Allowance'),
      <span key="allowance" className="prose">
        {i18n.t(
          'More than the stop price needs, because a stop fills at the market. What is left comes back.',
        )}
      </span>,
    ],
  ]
}

/** The movements of the order and the remaining balance; empty for an order that would be refused. */
function outcome(shown: Shown): readonly Fact[] {
  const { order, preview } = shown
  if (preview.refusal !== null || preview.outcome === 'CANCEL') return []
  const cashHeld = heldCashAfterwards(shown)
  const { available, held } = holdingAfterwards(shown)
  return [
    ...(signOf(preview.fee) === 0
      ? []
      : [
          [
            i18n.t('Fee'),
            i18n.t('{fee} ({rate})', {
              fee: formatMoney(preview.fee),
              rate: feeRateOf(preview),
            }),
          ] as const,
        ]),
    [
      totalLabel(shown),
      <strong key="total" className="prose">
        {totalWords(shown)}
      </strong>,
    ],
    ...allowance(shown),
    // A sale that waits has brought nothing yet: its cash would look like what remains after it.
    ...(preview.outcome === 'WAIT' && order.side === 'SELL'
      ? []
      : [
          [
            i18n.t('Cash afterwards'),
            <Afterwards
              key="cash"
              available={<Money value={preview.cashAfter} />}
              held={signOf(cashHeld) > 0 && <Money value={cashHeld} />}
            />,
          ] as const,
        ]),
    [
      buysLater(shown)
        ? i18n.t('{asset} once it fills', { asset: order.assetId })
        : i18n.t('{asset} afterwards', { asset: order.assetId }),
      <Afterwards
        key="quantity"
        available={<Quantity value={available} />}
        held={signOf(held) > 0 && <Quantity value={held} />}
      />,
    ],
  ]
}

/** The order and its effects, line by line, and with `withPrice` the prices that they come from. */
export const previewFacts = (shown: Shown, { withPrice = false } = {}): readonly Fact[] => [
  ...termFacts(shown, withPrice),
  ...outcome(shown),
]
