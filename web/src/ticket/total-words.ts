import { formatUsd, parsePrice, parseQuantity } from '@cnop/kit/money'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import { formatExactPrice, formatMoney, formatQuantity } from '../format/money.ts'
import type { DraftedOrder } from './amounts.ts'
import type { Preview } from './use-preview.ts'

type Previewed = {
  readonly order: Pick<DraftedOrder, 'side' | 'type' | 'limitPrice'>
  readonly preview: Preview
}

/** Whether the order would not fill now, or not all of it. */
export const isWaiting = ({ preview }: Pick<Previewed, 'preview'>): boolean =>
  preview.outcome !== 'FILL'

/** A sale that waits for whichever of two prices is first. */
const hasTwoTotals = ({ order, preview }: Previewed): boolean =>
  order.type === 'OCO' && order.side === 'SELL' && preview.outcome === 'WAIT'

/** What both parts of such a sale bring. The preview has the total at the stop; at the limit the fee is no higher. */
function bothTotals({ order, preview }: Previewed): string {
  const { quantity, total, feeBasisPoints } = preview
  const atLimit = saleProceeds({
    price: parsePrice(order.limitPrice ?? '0'),
    quantity: parseQuantity(quantity),
    feeBasisPoints: BigInt(feeBasisPoints),
  })
  return `at least ${formatMoney(formatUsd(atLimit))} at the limit, or about ${formatMoney(total)} at the stop`
}

/** Only a limit is a least price: a stop sells at the market. */
const isLeast = ({ type }: Previewed['order']): boolean => type === 'LIMIT' || type === 'STOP_LIMIT'

export function totalLabel(shown: Previewed): string {
  const { side } = shown.order
  if (!isWaiting(shown)) return side === 'BUY' ? 'You pay' : 'You receive'
  if (side === 'BUY') return shown.preview.outcome === 'PART' ? 'Paid or set aside' : 'Set aside'
  if (hasTwoTotals(shown)) return 'You receive'
  return isLeast(shown.order) ? 'You receive at least' : 'You receive about'
}

/** The amount behind that label. */
export const totalWords = (shown: Previewed): string =>
  hasTwoTotals(shown) ? bothTotals(shown) : formatMoney(shown.preview.total)

function describeMovement(shown: Previewed): string {
  const isBuy = shown.order.side === 'BUY'
  const total = formatMoney(shown.preview.total)
  if (!isWaiting(shown)) return `${isBuy ? 'spends' : 'brings'} about ${total} now`
  if (isBuy) return shown.preview.outcome === 'PART' ? `needs ${total}` : `sets ${total} aside`
  if (hasTwoTotals(shown)) return `brings ${bothTotals(shown)}`
  return `brings ${isLeast(shown.order) ? 'at least' : 'about'} ${total}`
}

/** Dollars at a price are sent as a quantity; at a better price they spend less than was typed. */
export function describeSize(
  order: DraftedOrder,
  { preview }: { readonly preview: Preview | undefined },
): string {
  const { quantity = '0', assetId, type, limitPrice } = order
  const at = type === 'LIMIT' ? ` at ${formatExactPrice(limitPrice ?? '0')} or better` : ''
  const sent = `Sends ${formatQuantity(quantity)} ${assetId}${at}`
  if (preview?.quantity !== quantity || preview.refusal !== null) return sent
  return preview.outcome === 'CANCEL' ? sent : `${sent}; ${describeMovement({ order, preview })}`
}

/** The total of a purchase is rounded up to a cent, which would look like the value. */
const isBelowCent = ({ quantity, price }: Preview): boolean =>
  Number(quantity) * Number(price) < 0.01

/** The dollars of a typed quantity. A stop buy sets more aside than its quantity is worth. */
export function worthOf(shown: Previewed): string {
  const { order, preview } = shown
  if (isBelowCent(preview)) return '< $0.01'
  if (preview.refusal === null && hasTwoTotals(shown)) return bothTotals(shown)
  const total = formatMoney(preview.total)
  return preview.outcome === 'WAIT' && order.side === 'BUY' ? `Sets aside ${total}` : `≈ ${total}`
}
