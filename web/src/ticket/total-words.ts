import { formatUsd, parsePrice, parseQuantity } from '@cnop/kit/money'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import { formatExactPrice, formatMoney, formatQuantity } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import type { DraftedOrder } from './amounts.ts'
import type { Preview } from './use-preview.ts'

type Previewed = {
  readonly order: Pick<DraftedOrder, 'side' | 'type' | 'limitPrice' | 'stopLimitPrice'>
  readonly preview: Preview
}

/** What an order sends, in words, and its total. */
type Sent = { readonly sent: string; readonly total: string }

/** Whether the order would not fill now, or not all of it. */
export const isWaiting = ({ preview }: Pick<Previewed, 'preview'>): boolean =>
  preview.outcome !== 'FILL'

/** A sale that waits for whichever of two prices is first. */
const hasTwoTotals = ({ order, preview }: Previewed): boolean =>
  order.type === 'OCO' && order.side === 'SELL' && preview.outcome === 'WAIT'

/** What both parts of such a sale bring. The preview has the total at the stop; at the limit the fee is no higher. */
function bothTotals({ order, preview }: Previewed): Readonly<Record<'limit' | 'stop', string>> {
  const { quantity, total, feeBasisPoints } = preview
  const atLimit = saleProceeds({
    price: parsePrice(order.limitPrice ?? '0'),
    quantity: parseQuantity(quantity),
    feeBasisPoints: BigInt(feeBasisPoints),
  })
  return { limit: formatMoney(formatUsd(atLimit)), stop: formatMoney(total) }
}

/** Only a limit is a least price: a stop sells at the market. */
const isLeast = ({ type }: Previewed['order']): boolean => type === 'LIMIT' || type === 'STOP_LIMIT'

export function totalLabel(shown: Previewed): string {
  const { side } = shown.order
  if (!isWaiting(shown)) return side === 'BUY' ? i18n.t('You pay') : i18n.t('You receive')
  if (side === 'BUY') {
    return shown.preview.outcome === 'PART' ? i18n.t('Paid or set aside') : i18n.t('Set aside')
  }
  if (hasTwoTotals(shown)) return i18n.t('You receive')
  return isLeast(shown.order) ? i18n.t('You receive at least') : i18n.t('You receive about')
}

/** Without a limit, the stop of such a sale sells at the market. */
const twoTotals = (shown: Previewed): string =>
  shown.order.stopLimitPrice
    ? i18n.t('at least {limit} at the limit, or at least {stop} at the stop', bothTotals(shown))
    : i18n.t('at least {limit} at the limit, or about {stop} at the stop', bothTotals(shown))

/** The amount behind that label. */
export const totalWords = (shown: Previewed): string =>
  hasTwoTotals(shown) ? twoTotals(shown) : formatMoney(shown.preview.total)

/** What a purchase moves, after what it sends. */
function describePurchase(shown: Previewed, values: Sent): string {
  if (!isWaiting(shown)) return i18n.t('{sent}; spends about {total} now', values)
  return shown.preview.outcome === 'PART'
    ? i18n.t('{sent}; needs {total}', values)
    : i18n.t('{sent}; sets {total} aside', values)
}

/** What a sale moves, after what it sends. */
function describeSale(shown: Previewed, values: Sent): string {
  if (!isWaiting(shown)) return i18n.t('{sent}; brings about {total} now', values)
  if (hasTwoTotals(shown)) {
    return i18n.t('{sent}; brings {totals}', { sent: values.sent, totals: twoTotals(shown) })
  }
  return isLeast(shown.order)
    ? i18n.t('{sent}; brings at least {total}', values)
    : i18n.t('{sent}; brings about {total}', values)
}

/** Dollars at a price are sent as a quantity; at a better price they spend less than was typed. */
export function describeSize(
  order: DraftedOrder,
  { preview }: { readonly preview: Preview | undefined },
): string {
  const { quantity = '0', assetId, type, limitPrice } = order
  const size = {
    quantity: formatQuantity(quantity),
    asset: assetId,
    limit: formatExactPrice(limitPrice ?? '0'),
  }
  const sent =
    type === 'LIMIT'
      ? i18n.t('Sends {quantity} {asset} at {limit} or better', size)
      : i18n.t('Sends {quantity} {asset}', size)
  if (preview?.quantity !== quantity || preview.refusal !== null) return sent
  if (preview.outcome === 'CANCEL') return sent
  const values = { sent, total: formatMoney(preview.total) }
  const shown = { order, preview }
  return order.side === 'BUY' ? describePurchase(shown, values) : describeSale(shown, values)
}

/** The total of a purchase is rounded up to a cent, which would look like the value. */
const isBelowCent = ({ quantity, price }: Preview): boolean =>
  Number(quantity) * Number(price) < 0.01

/** The dollars of a typed quantity. A stop buy sets more aside than its quantity is worth. */
export function worthOf(shown: Previewed): string {
  const { order, preview } = shown
  if (isBelowCent(preview)) return '< $0.01'
  if (preview.refusal === null && hasTwoTotals(shown)) return twoTotals(shown)
  const total = formatMoney(preview.total)
  return preview.outcome === 'WAIT' && order.side === 'BUY'
    ? i18n.t('Sets aside {total}', { total })
    : `≈ ${total}`
}
