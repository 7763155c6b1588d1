import { Alert, Skeleton, Stack } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { parsePrice } from '@cnop/kit/money'
import { isErrorCode } from '@cnop/schema/codes'
import { sentences } from '../api/errors.ts'
import { config } from '../config.ts'
import {
  formatExactPrice,
  formatMoney,
  formatQuantity,
  formatRoughPrice,
  signOf,
} from '../format/money.ts'
import { formatPercent } from '../format/percent.ts'
import { formatDateTime } from '../format/time.ts'
import { Facts, type Fact } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import { type DraftedOrder, isThroughMarket } from './amounts.ts'
import type { Preview, TicketState } from './use-ticket.ts'

/** The reason of a refusal, in the dashboard's own sentence where it has one. */
function refusalSentence(code: string, message: string | null): string {
  return isErrorCode(code) && code !== 'BAD_USER_INPUT' ? sentences[code] : (message ?? code)
}

type Shown = {
  readonly order: DraftedOrder
  readonly preview: Preview
  readonly marketPrice: string | undefined
}

/** The preview returns the limit while the order would wait, and the market price when it would fill. */
function isWaiting({ order: { limitPrice }, preview, marketPrice = '0' }: Shown): boolean {
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
  return `${type} · fills now at about ${formatRoughPrice(marketPrice ?? preview.price)}`
}

function totalLabel(shown: Shown): string {
  const { side } = shown.order
  if (isWaiting(shown)) return side === 'BUY' ? 'Set aside' : 'You receive at least'
  return side === 'BUY' ? 'You pay' : 'You receive'
}

/** The movements of the order and the remaining balance; empty for an order that would be refused. */
function outcome(shown: Shown): readonly Fact[] {
  const { order, preview } = shown
  if (preview.refusal !== null) return []
  return [
    ...(signOf(preview.fee) === 0 ? [] : [['Fee', formatMoney(preview.fee)] as const]),
    [totalLabel(shown), <strong key="total">{formatMoney(preview.total)}</strong>],
    ['Cash afterwards', <Money key="cash" value={preview.cashAfter} />],
    [`${order.assetId} afterwards`, <Quantity key="quantity" value={preview.quantityAfter} />],
  ]
}

/** The effects of the order, line by line. */
export function previewFacts(shown: Shown): readonly Fact[] {
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
    ...(price ? [['Price now', formatExactPrice(price)] as const] : []),
    ...(limitPrice === undefined
      ? []
      : [['Good till', expiresAt ? formatDateTime(expiresAt) : 'you cancel it'] as const]),
    ...outcome(shown),
  ]
}

/** The reason why the order would be refused; null when it would not. */
export function Refusal({ preview, order }: Omit<Shown, 'marketPrice'>) {
  const { refusal, refusalMessage, valueLimit } = preview
  if (!refusal) return null
  const counted =
    order.limitPrice === undefined ? '' : ', at the limit or the market price, whichever is higher'
  return (
    <Alert color="yellow" icon={<IconInfoCircle size={18} />} p="xs">
      {refusalSentence(refusal, refusalMessage)}
      {refusal === 'ORDER_TOO_LARGE' && ` The most is ${formatMoney(valueLimit)}${counted}.`}
    </Alert>
  )
}

/** Warns of a limit far beyond the market, which is rarely intended. */
export function LimitWarning(shown: Shown) {
  const { order, preview } = shown
  const { side, limitPrice, assetId } = order
  if (limitPrice === undefined || isWaiting(shown)) return null
  if (!isThroughMarket(order, preview.price, config.limitWarningPercent)) return null
  const percent = formatPercent((Number(limitPrice) / Number(preview.price) - 1) * 100)
  const [where, risk] =
    side === 'BUY' ? ['above', 'pay as much as'] : ['below', 'be sold for as little as']
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle size={18} />}
      p="xs"
      title="Is this limit meant?"
    >
      The limit is {percent} {where} the market price of {formatExactPrice(preview.price)}. The
      order fills now and may {risk} {formatExactPrice(limitPrice)} per {assetId}.
    </Alert>
  )
}

export function TicketPreview({ ticket }: { ticket: TicketState }) {
  const { preview, failure, isExpected, retry, order, marketPrice, placeFailure } = ticket
  // The preview of a refused order must not look like its outcome.
  if (!isExpected || !order || placeFailure) return null
  if (!preview && failure) return <FailureNotice failure={failure} onRetry={retry} />
  if (!preview) {
    return (
      <Stack gap={12} aria-busy="true" aria-label="Preview is loading" role="status">
        {['78%', '64%', '70%', '58%'].map((width) => (
          <Skeleton key={width} height={16} width={width} />
        ))}
      </Stack>
    )
  }
  const shown = { order, preview, marketPrice }
  return (
    <Stack gap={8} aria-live="polite">
      <Facts facts={previewFacts(shown)} />
      <LimitWarning {...shown} />
      <Refusal preview={preview} order={order} />
    </Stack>
  )
}
