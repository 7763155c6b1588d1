import { Button, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { failureBeside, isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { useReading } from '../../api/reading.ts'
import { type AmountUnit, parseAmount } from '../../format/amount.ts'
import {
  ChartReplaceOrderDocument,
  type OrdersOrderQuery,
  type ReplaceOrderInput,
  TicketPreviewDocument,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { limitOf } from '../../lists/order-words.ts'
import { useNow } from '../../lists/use-now.ts'
import { paths } from '../../paths.ts'
import type { DraftedOrder } from '../../ticket/amounts.ts'
import { checkLastDay, endOfDay, expiryBounds, toDay } from '../../ticket/expiry.ts'
import { totalLabel, totalWords } from '../../ticket/total-words.ts'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import { AmountField } from '../../ui/AmountField.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { useFocusReturn } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { SubmitButton } from '../../ui/SubmitButton.tsx'

type Order = NonNullable<OrdersOrderQuery['order']>

/** The inputs of a replacement that are amounts. */
type Input =
  | 'quantity'
  | 'limitPrice'
  | 'stopPrice'
  | 'stopLimitPrice'
  | 'trailAmount'
  | 'takeProfitPrice'
  | 'stopLossPrice'
  | 'stopLossLimitPrice'

type Field = {
  readonly input: Input
  readonly label: string
  readonly unit: AmountUnit
  /** As the open order has it. */
  readonly before: string
}

/** The amounts that an open order has and that can be changed: a stop that follows the market moves its prices itself. */
function fieldsOf(order: Order): readonly Field[] {
  const price = (input: Input, label: string, before: string | null): readonly Field[] =>
    before === null ? [] : [{ input, label, unit: 'PRICE', before }]
  const isFollowing = order.type === 'TRAILING_STOP'
  const fixed = (before: string | null) => (isFollowing ? null : before)
  const untriggered = (before: string | null) => (order.triggeredAt ? null : fixed(before))
  return [
    {
      input: 'quantity',
      label: i18n.t('Quantity of {asset}', { asset: order.assetId }),
      unit: 'QUANTITY',
      before: order.remainingQuantity,
    },
    ...price('limitPrice', i18n.t('Limit price'), limitOf(order)),
    ...price('stopPrice', i18n.t('Stop price'), untriggered(order.stopPrice)),
    ...price('stopLimitPrice', i18n.t('Limit of the stop'), untriggered(order.stopLimitPrice)),
    ...price('trailAmount', i18n.t('Distance in US dollars'), order.trailAmount),
    ...price('takeProfitPrice', i18n.t('Take profit at'), fixed(order.takeProfitPrice)),
    ...price('stopLossPrice', i18n.t('Stop loss at'), fixed(order.stopLossPrice)),
    ...price(
      'stopLossLimitPrice',
      i18n.t('Limit of the stop loss'),
      fixed(order.stopLossLimitPrice),
    ),
  ]
}

type Texts = Readonly<Partial<Record<Input, string>>>

const plainOf = (text: string, unit: AmountUnit): string | undefined =>
  parseAmount(text, unit).plain

/** The amounts that were changed, and whether every one can be sent. */
function changesIn(fields: readonly Field[], texts: Texts) {
  const typed = fields.map(({ input, unit, before }) => {
    const plain = plainOf(texts[input] ?? before, unit)
    return { input, plain, isChanged: plain !== plainOf(before, unit) }
  })
  const isComplete = typed.every(({ plain }) => plain !== undefined)
  const changed = typed.filter(({ isChanged }) => isChanged)
  const pairsOf = (some: typeof typed) =>
    Object.fromEntries(some.map(({ input, plain }) => [input, plain])) as Texts
  return { isComplete, changes: pairsOf(changed), values: pairsOf(typed) }
}

/** The expiry of a replacement: only another last day is sent, and none means until it is cancelled. */
function waitOf(day: string, before: string): Partial<ReplaceOrderInput> {
  if (day === before) return {}
  const expiresAt = endOfDay(day)
  return expiresAt ? { timeInForce: 'GTD', expiresAt } : { timeInForce: 'GTC' }
}

/** What the changed order would pay, receive or set aside. */
function usePreviewOf(order: Order, values: Texts, isComplete: boolean) {
  const { side, assetId, triggeredAt, trailBasisPoints } = order
  const input: DraftedOrder = {
    ...{ side, assetId, type: triggeredAt ? 'LIMIT' : order.type },
    ...(trailBasisPoints !== null && { trailBasisPoints }),
    ...values,
  }
  const { data, failure } = useReading(TicketPreviewDocument, { input }, { pause: !isComplete })
  const preview = failure || !isComplete ? undefined : data?.previewOrder
  return { input, preview, failure: failure?.code === 'BAD_USER_INPUT' ? failure : undefined }
}

function useReplace(orderId: string, onDone: (id: string) => void) {
  const { key, renew } = useCommandKey(`replace:${orderId}`)
  const { run, isRunning, failure, forget } = useCommand(ChartReplaceOrderDocument)
  const replace = async (changes: Partial<ReplaceOrderInput>) => {
    const { data, failure: refused } = await run({ input: { ...changes, key, orderId } })
    // The key is kept only while the outcome is unknown: a retry then replaces nothing twice.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    if (!data) return
    notifyDone(
      i18n.t('Order changed'),
      data.replaceOrder.order.status === 'COMPLETED'
        ? i18n.t('It has filled at once.')
        : i18n.t('A new order has replaced it.'),
    )
    onDone(data.replaceOrder.order.id)
  }
  return { replace, isRunning, failure, forget }
}

/** The texts of the fields, what they change, and why that cannot be sent yet. */
function useEdit(order: Order, onDone: (id: string) => void) {
  const fields = fieldsOf(order)
  const [texts, setTexts] = useState<Texts>({})
  const lastDay = order.expiresAt ? toDay(Date.parse(order.expiresAt)) : ''
  const [day, setDay] = useState(lastDay)
  const nowMs = useNow()
  const { isComplete, changes, values } = changesIn(fields, texts)
  const { input, preview, failure: unfit } = usePreviewOf(order, values, isComplete)
  const { replace, isRunning, failure, forget } = useReplace(order.id, onDone)
  const all = { ...changes, ...waitOf(day, lastDay) }
  const dayProblem = day === lastDay ? null : checkLastDay(day, nowMs)
  const isRight = isComplete && !unfit && dayProblem === null
  const nothing = Object.keys(all).length > 0 ? null : i18n.t('Nothing is changed yet.')
  const reason = isRight ? nothing : i18n.t('Correct the fields above first.')
  return {
    ...{ fields, texts, day, dayProblem, input, preview, isRunning, reason },
    bounds: expiryBounds(nowMs),
    refusal: unfit ?? failure,
    change: (input: Input, text: string) => {
      forget()
      setTexts((others) => ({ ...others, [input]: text }))
    },
    chooseDay: (chosen: string) => {
      forget()
      setDay(chosen)
    },
    submit: (event: SubmitEvent) => {
      event.preventDefault()
      if (reason === null && !isRunning) void replace(all)
    },
  }
}

type Edit = ReturnType<typeof useEdit>

function LastDayField({ edit }: { edit: Edit }) {
  const { day, dayProblem, bounds, refusal, isRunning, chooseDay } = edit
  return (
    <TextInput
      type="date"
      label={i18n.t('Good till')}
      min={bounds.first}
      max={bounds.last}
      disabled={isRunning}
      value={day}
      {...fieldMessage(
        dayProblem ?? problemAt(refusal, 'expiresAt'),
        i18n.t('Without a day, until you cancel it.'),
      )}
      onChange={({ currentTarget: { value } }) => chooseDay(value)}
    />
  )
}

function Total({ edit: { input, preview } }: { edit: Edit }) {
  const areHidden = useHiddenAmounts()
  if (!preview || areHidden) return null
  const shown = { order: input, preview }
  return (
    <Text size="sm">
      {totalLabel(shown)} <strong className="numeric">{totalWords(shown)}</strong>
    </Text>
  )
}

function EditForm({ order, onDone }: { order: Order; onDone: (id: string) => void }) {
  const edit = useEdit(order, onDone)
  const { fields, texts, refusal, isRunning, reason, change, submit } = edit
  return (
    <form onSubmit={submit} aria-label={i18n.t('Edit order')}>
      <Stack gap="xs">
        {fields.map(({ input, label, unit, before }) => (
          <AmountField
            key={input}
            label={label}
            unit={unit}
            ticker={order.assetId}
            text={texts[input] ?? before}
            amount={parseAmount(texts[input] ?? before, unit)}
            problem={problemAt(refusal, input) ?? null}
            isLocked={isRunning}
            onChange={(text) => change(input, text)}
          />
        ))}
        <LastDayField edit={edit} />
        <Total edit={edit} />
        <Text size="xs" c="dimmed">
          {i18n.t(
            'A new order replaces it. It comes after the orders that already wait at this price.',
          )}
        </Text>
        <SubmitButton
          reason={reason}
          loading={isRunning}
          failure={failureBeside(refusal, ['expiresAt', ...fields.map(({ input }) => input)])}
        >
          {i18n.t('Change order')}
        </SubmitButton>
      </Stack>
    </form>
  )
}

/** Changes what an open order waits for, how much it trades and until when, in one step with what it holds. */
export function EditOrder({ order }: { order: Order }) {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  useFocusReturn(isOpen)
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {i18n.t('Edit')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        closeButtonProps={{ 'aria-label': i18n.t('Close') }}
        title={i18n.t('Edit order')}
      >
        <EditForm order={order} onDone={(id) => void navigate(paths.order(id))} />
      </Modal>
    </>
  )
}
