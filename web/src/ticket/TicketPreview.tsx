import { Alert, Skeleton, Stack } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
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
import { isErrorCode } from '@cnop/schema/codes'
import { type ReactNode, useCallback, useState } from 'react'
import { type Failure, sentences } from '../api/errors.ts'
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
import { type DraftedOrder, inputNouns, isThroughMarket } from './amounts.ts'
import type { Preview } from './use-preview.ts'
import type { Balances, TicketState } from './use-ticket.ts'

/** The reason of a refusal, in the dashboard's own sentence where it has one. */
function refusalSentence(code: string, message: string | null): string {
  return isErrorCode(code) && code !== 'BAD_USER_INPUT' ? sentences[code] : (message ?? code)
}

type Shown = {
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
  return `${type} · fills now at about ${formatRoughPrice(marketPrice ?? preview.price)}`
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
    ...(withPrice && price ? [['Price now', formatExactPrice(price)] as const] : []),
    ...(limitPrice === undefined
      ? []
      : [['Good till', expiresAt ? formatDateTime(expiresAt) : 'you cancel it'] as const]),
    ...outcome(shown),
  ]
}

/** The reason why the order would be refused; null when it would not. */
export function Refusal({ preview, order }: Pick<Shown, 'preview' | 'order'>) {
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
export function LimitWarning(shown: Omit<Shown, 'balances'>) {
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

/** The height of an element, also when it has gone. */
function useLastHeight() {
  const [height, setHeight] = useState<number>()
  const measure = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined
    const observer = new ResizeObserver(() => setHeight(element.offsetHeight))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { height, measure }
}

/** The height of the shortest preview, until one has been shown. */
const usualHeight = 190

function PreviewSkeleton({ height }: { height: number }) {
  return (
    <Stack gap={12} mih={height} aria-busy="true" aria-label="Preview is loading" role="status">
      {['78%', '64%', '70%', '58%'].map((width) => (
        <Skeleton key={width} height={16} width={width} />
      ))}
    </Stack>
  )
}

/** The refusal of a field is shown at that field. */
function PreviewFailure({ failure, retry }: { failure: Failure; retry: () => void }) {
  if (failure.field !== undefined && failure.field in inputNouns) return null
  return <FailureNotice failure={failure} onRetry={retry} />
}

export function TicketPreview({ ticket }: { ticket: TicketState }) {
  const { draft, preview, failure, retry, order, isUnsettled, isPlacing, placeFailure } = ticket
  const { height, measure } = useLastHeight()
  // The preview of a refused order must not look like its outcome.
  if (isUnsettled || placeFailure) return null
  if (!order) {
    // While an amount is corrected, the button below stays where it is.
    return draft.amount === '' ? null : <div style={{ minHeight: height }} />
  }
  if (failure) return <PreviewFailure failure={failure} retry={retry} />
  if (!preview) return isPlacing ? null : <PreviewSkeleton height={height ?? usualHeight} />
  const marketPrice = ticket.previewMarketPrice
  const shown = { order, preview, marketPrice, balances: ticket.portfolio }
  return (
    <Stack ref={measure} gap={8} aria-live="polite">
      <Facts facts={previewFacts(shown)} />
      <LimitWarning {...shown} />
      <Refusal preview={preview} order={order} />
    </Stack>
  )
}
