import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { formatUsd, parsePrice, parseUsd, subtractUsd } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import { type ReactNode, useState } from 'react'
import { useCommand } from '../api/command.ts'
import { newCommandKey } from '../api/command-key.ts'
import type { Failure } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { formatAwaitedPrice, formatExactPrice, formatMoney, formatPrice } from '../format/money.ts'
import {
  AssetCancelPriceAlertDocument,
  AssetCreatePriceAlertDocument,
  ChartReplaceOrderDocument,
  type OrderStatus,
  TicketPreviewDocument,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { limitOf } from '../lists/order-words.ts'
import type { DraftedOrder } from '../ticket/amounts.ts'
import { exitWords, hasExits } from '../ticket/exit-words.ts'
import { totalLabel, totalWords } from '../ticket/total-words.ts'
import type { Preview } from '../ticket/use-preview.ts'
import { HiddenAmount, useHiddenAmounts } from '../ui/amounts.tsx'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { steady, useFocusReturn } from '../ui/focus.tsx'
import { Quantity } from '../ui/Money.tsx'
import { notifyDone } from '../ui/notify.ts'
import type { LineSubject, MovableLine } from './moving.ts'

type OrderSubject = Extract<LineSubject, { readonly field: string }>
type AlertSubject = Exclude<LineSubject, OrderSubject>

type MoveProps<Subject> = {
  readonly subject: Subject
  readonly assetId: string
  readonly marketPrice: string | undefined
  readonly price: string
  readonly onClose: () => void
}

type ConfirmProps = {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly note: ReactNode
  readonly action: string
  readonly isRunning: boolean
  readonly isRefused?: boolean
  readonly failure: Failure | undefined
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before anything is sent. What was sent cannot be taken back, so the dialog stays until its answer. */
function Confirm(props: ConfirmProps) {
  const { title, facts, note, action, isRunning, isRefused, failure, onConfirm, onClose } = props
  useFocusReturn(true)
  return (
    <Modal
      opened
      onClose={onClose}
      centered={false}
      yOffset="8vh"
      closeOnEscape={!isRunning}
      closeOnClickOutside={!isRunning}
      closeButtonProps={{ 'aria-label': i18n.t('Close'), disabled: isRunning }}
      title={
        <span data-autofocus tabIndex={-1}>
          {title}
        </span>
      }
    >
      <Stack>
        <Facts facts={facts} />
        <Text size="sm">{note}</Text>
        <Group justify="flex-end">
          <Button variant="default" disabled={isRunning} onClick={onClose}>
            {i18n.t('Back')}
          </Button>
          <Button
            renderRoot={steady}
            loading={isRunning}
            disabled={isRefused === true}
            onClick={() => void onConfirm()}
          >
            {action}
          </Button>
        </Group>
        {failure && <FailureNotice failure={failure} />}
      </Stack>
    </Modal>
  )
}

/** What the order would do with its new price; the service decides when it is sent. */
function usePreviewOf({ order, field }: OrderSubject, assetId: string, price: string) {
  const { side, quantity, type, triggeredAt, stopLimitPrice } = order
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice } = order
  const limitPrice = field === 'limitPrice' ? price : limitOf(order)
  const stopPrice = field === 'stopPrice' ? price : order.stopPrice
  const stop = triggeredAt ? {} : { stopPrice, stopLimitPrice }
  const exits = { takeProfitPrice, stopLossPrice, stopLossLimitPrice }
  const prices = Object.entries({ limitPrice, ...stop, ...exits }).filter(([, value]) => value)
  const input: DraftedOrder = {
    ...{ side, quantity, assetId, type: triggeredAt ? 'LIMIT' : type },
    ...(Object.fromEntries(prices) as Readonly<Record<string, string>>),
  }
  const { data, failure } = useReading(TicketPreviewDocument, { input })
  const refusal = failure?.code === 'BAD_USER_INPUT' ? failure : undefined
  return { input, preview: refusal ? undefined : data?.previewOrder, refusal }
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

function MoveOrder({ subject, assetId, marketPrice, price, onClose }: MoveProps<OrderSubject>) {
  const { order, field } = subject
  const { input, preview, refusal } = usePreviewOf(subject, assetId, price)
  const { run, isRunning, failure } = useCommand(ChartReplaceOrderDocument)
  // An order is replaced once at most, so that another dialog needs no memory of this key.
  const [key] = useState(newCommandKey)
  const before = order[field] ?? '0'
  const isBuy = order.side === 'BUY'
  const confirm = async () => {
    const { data } = await run({ input: { key, orderId: order.id, [field]: price } })
    if (!data) return
    const { status } = data.replaceOrder.order
    notifyDone(i18n.t('Order moved'), movedWords(status, field, formatExactPrice(price)))
    onClose()
  }
  return (
    <Confirm
      title={i18n.t('Move this order to {price}?', { price: formatExactPrice(price) })}
      facts={[
        [i18n.t('Order'), isBuy ? i18n.t('Buy') : i18n.t('Sell')],
        [i18n.t('Quantity'), <Quantity key="quantity" value={order.quantity} unit={assetId} />],
        [names[field], `${formatExactPrice(before)} → ${formatExactPrice(price)}`],
        ...(marketPrice ? [[i18n.t('Price now'), formatPrice(marketPrice)] as const] : []),
        preview
          ? [
              totalLabel({ order: input, preview }),
              <Total key="total" order={input} preview={preview} heldBefore={order.heldCash} />,
            ]
          : [isBuy ? i18n.t('Set aside') : i18n.t('You receive'), '–'],
        ...(hasExits(order) ? [[i18n.t('Then sells'), exitWords(order)] as const] : []),
      ]}
      note={
        preview?.outcome === 'FILL'
          ? i18n.t('The market is there already: the order fills at once.')
          : i18n.t(
              'A new order replaces it. It comes after the orders that already wait at this price.',
            )
      }
      action={i18n.t('Move order')}
      isRunning={isRunning}
      isRefused={refusal !== undefined}
      failure={refusal ?? failure}
      onConfirm={confirm}
      onClose={onClose}
    />
  )
}

/** What a moved alert keeps: its end, and the share of its price by which it re-arms. */
function keptTerms({ price, rearmPrice, expiresAt }: AlertSubject['alert']) {
  const end = expiresAt ? { expiresAt } : {}
  if (!rearmPrice) return end
  const [target, rearmAt] = [parsePrice(price), parsePrice(rearmPrice)]
  const distance = target > rearmAt ? target - rearmAt : rearmAt - target
  const points = Math.round(Number((distance * 1_000_000n) / target) / 100)
  const { leastRearm, greatestRearm } = limits
  const rearmBasisPoints = Math.min(Math.max(points, leastRearm), greatestRearm)
  return { ...end, repeats: true, rearmBasisPoints }
}

function MoveAlert({ subject, assetId, marketPrice, price, onClose }: MoveProps<AlertSubject>) {
  const { alert } = subject
  const create = useCommand(AssetCreatePriceAlertDocument)
  const cancel = useCommand(AssetCancelPriceAlertDocument)
  const [key] = useState(newCommandKey)
  const isAbove = marketPrice
    ? parsePrice(price) > parsePrice(marketPrice)
    : alert.direction === 'ABOVE'
  const confirm = async () => {
    const direction = isAbove ? 'ABOVE' : 'BELOW'
    // The old one waits until there is a new one. A repeat with the same key creates nothing twice.
    const terms = { assetId, direction, price, ...keptTerms(alert) } as const
    const made = await create.run({ input: { key, ...terms } })
    if (!made.data) return
    const gone = await cancel.run({ id: alert.id })
    if (!gone.data) return
    notifyDone(
      i18n.t('Price alert moved'),
      i18n.t('It waits for {price} now.', { price: formatExactPrice(price) }),
    )
    onClose()
  }
  return (
    <Confirm
      title={i18n.t('Move this alert to {price}?', { price: formatExactPrice(price) })}
      facts={[
        [
          i18n.t('Price'),
          `${formatAwaitedPrice(alert.price, alert.changeBasisPoints != null)} → ${formatExactPrice(price)}`,
        ],
        ...(marketPrice ? [[i18n.t('Price now'), formatPrice(marketPrice)] as const] : []),
      ]}
      note={
        isAbove
          ? i18n.t('It notifies you when {asset} rises to this price.', { asset: assetId })
          : i18n.t('It notifies you when {asset} falls to this price.', { asset: assetId })
      }
      action={i18n.t('Move alert')}
      isRunning={create.isRunning || cancel.isRunning}
      failure={create.failure ?? cancel.failure}
      onConfirm={confirm}
      onClose={onClose}
    />
  )
}

type MoveDialogProps = Omit<MoveProps<LineSubject>, 'subject'> & { readonly line: MovableLine }

/** The review of a line that was put at another price. */
export function MoveDialog({ line: { subject }, ...props }: MoveDialogProps) {
  return subject.alert ? (
    <MoveAlert subject={subject} {...props} />
  ) : (
    <MoveOrder subject={subject} {...props} />
  )
}
