import { formatUsd, parseUsd, subtractUsd } from '@cnop/kit/money'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { newCommandKey } from '../api/command-key.ts'
import { formatExactPrice, formatMoney, formatPrice } from '../format/money.ts'
import { ChartReplaceOrderDocument, type OrderStatus } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { limitOf } from '../lists/order-words.ts'
import type { DraftedOrder } from '../ticket/amounts.ts'
import { exitWords, hasExits } from '../ticket/exit-words.ts'
import { useLimitCheck } from '../ticket/limit-check.tsx'
import { LimitWarning, Refusal } from '../ticket/TicketPreview.tsx'
import { totalLabel, totalWords } from '../ticket/total-words.ts'
import type { Preview } from '../ticket/use-preview.ts'
import { replacementNote, useReplacement } from '../ticket/use-replacement.ts'
import { HiddenAmount, useHiddenAmounts } from '../ui/amounts.tsx'
import type { Fact } from '../ui/Facts.tsx'
import { Quantity } from '../ui/Money.tsx'
import { notifyDone } from '../ui/notify.ts'
import { ConfirmMove, type MoveProps, type OrderSubject } from './ConfirmMove.tsx'

/** The order with its new price, for the words of its preview. */
function movedOrder({ order, field }: OrderSubject, assetId: string, price: string): DraftedOrder {
  const { side, quantity, type, triggeredAt, stopLimitPrice } = order
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice } = order
  const limitPrice = field === 'limitPrice' ? price : limitOf(order)
  const stopPrice = field === 'stopPrice' ? price : order.stopPrice
  const stop = triggeredAt ? {} : { stopPrice, stopLimitPrice }
  const exits = { takeProfitPrice, stopLossPrice, stopLossLimitPrice }
  const prices = Object.entries({ limitPrice, ...stop, ...exits }).filter(([, value]) => value)
  return {
    ...{ side, quantity, assetId, type: triggeredAt ? 'LIMIT' : type },
    ...(Object.fromEntries(prices) as Readonly<Record<string, string>>),
  }
}

type TotalProps = {
  readonly order: DraftedOrder
  readonly preview: Preview
  readonly heldBefore: string | null | undefined
}

/** What the moved order pays, receives or sets aside, and for a hold how it changes. */
function Total({ order, preview, heldBefore }: TotalProps) {
  const areHidden = useHiddenAmounts()
  if (areHidden) return <HiddenAmount />
  const total = totalWords({ order, preview })
  if (preview.outcome !== 'WAIT' || order.side === 'SELL' || !heldBefore) return total
  const change = subtractUsd(parseUsd(preview.total), parseUsd(heldBefore))
  if (change === 0n) return total
  const amount = formatMoney(formatUsd(change)).replace('−', '')
  return change > 0n
    ? i18n.t('{total} ({amount} more)', { total, amount })
    : i18n.t('{total} ({amount} less)', { total, amount })
}

const names = { limitPrice: i18n.t('Limit price'), stopPrice: i18n.t('Stop price') } as const

/** What has become of an order that was moved to a price. */
function movedWords(status: OrderStatus, field: OrderSubject['field'], price: string): string {
  if (status === 'COMPLETED') return i18n.t('It has filled at once.')
  return field === 'limitPrice'
    ? i18n.t('Its limit price is now {price}.', { price })
    : i18n.t('Its stop price is now {price}.', { price })
}

/** What the order with its new price would do, and what speaks against it. */
function useMove({ subject, assetId, price, onClose }: MoveProps<OrderSubject>) {
  const { order, field } = subject
  const change = { orderId: order.id, [field]: price }
  const { run, isRunning, failure } = useCommand(ChartReplaceOrderDocument)
  const { preview, refused } = useReplacement(change)
  const moved = movedOrder(subject, assetId, price)
  const limit = useLimitCheck({ order: moved, preview }, isRunning)
  // An order is replaced once at most, so that another dialog needs no memory of this key.
  const [key] = useState(newCommandKey)
  const against = refused ?? limit.reason ?? preview?.refusal ?? null
  return {
    ...{ moved, preview, isRunning, limit },
    isRefused: against !== null,
    failure: refused ?? failure,
    onConfirm: async () => {
      const { data } = await run({ input: { ...change, key } })
      if (!data) return
      const { status } = data.replaceOrder.order
      notifyDone(i18n.t('Order moved'), movedWords(status, field, formatExactPrice(price)))
      onClose()
    },
  }
}

/** The total of the order, as far as it is known. */
function totalOf(
  { moved, preview }: Pick<ReturnType<typeof useMove>, 'moved' | 'preview'>,
  { heldCash }: OrderSubject['order'],
): Fact {
  if (!preview) return [moved.side === 'BUY' ? i18n.t('Set aside') : i18n.t('You receive'), '–']
  const shown = { order: moved, preview }
  return [totalLabel(shown), <Total key="total" {...shown} heldBefore={heldCash} />]
}

export function MoveOrder(props: MoveProps<OrderSubject>) {
  const { subject, assetId, marketPrice, price, onClose } = props
  const { order, field } = subject
  const move = useMove(props)
  const { moved, preview, limit } = move
  const quantity = preview?.quantity ?? order.quantity
  return (
    <ConfirmMove
      title={i18n.t('Move this order to {price}?', { price: formatExactPrice(price) })}
      facts={[
        [i18n.t('Order'), order.side === 'BUY' ? i18n.t('Buy') : i18n.t('Sell')],
        [i18n.t('Quantity'), <Quantity key="quantity" value={quantity} unit={assetId} />],
        [names[field], `${formatExactPrice(order[field] ?? '0')} → ${formatExactPrice(price)}`],
        ...(marketPrice ? [[i18n.t('Price now'), formatPrice(marketPrice)] as const] : []),
        totalOf(move, order),
        ...(hasExits(order) ? [[i18n.t('Then sells'), exitWords(order)] as const] : []),
      ]}
      note={replacementNote({ triggeredAt: null, ...order }, preview)}
      check={
        preview && (
          <>
            <LimitWarning order={moved} preview={preview} />
            <Refusal order={moved} preview={preview} />
            {limit.check}
          </>
        )
      }
      action={i18n.t('Move order')}
      isRunning={move.isRunning}
      isRefused={move.isRefused}
      failure={move.failure}
      onConfirm={move.onConfirm}
      onClose={onClose}
    />
  )
}
