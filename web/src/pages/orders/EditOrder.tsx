import { Button, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { failureBeside, isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { ChartReplaceOrderDocument, type ReplaceOrderInput } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { isOpenOrder } from '../../lists/order-words.ts'
import { useNow } from '../../lists/use-now.ts'
import { paths } from '../../paths.ts'
import { checkLastDay, expiryBounds, toDay } from '../../ticket/expiry.ts'
import { useLimitCheck } from '../../ticket/limit-check.tsx'
import { termFacts } from '../../ticket/term-facts.tsx'
import { LimitWarning, Refusal } from '../../ticket/TicketPreview.tsx'
import { totalLabel, totalWords } from '../../ticket/total-words.ts'
import { replacementNote, useReplacement } from '../../ticket/use-replacement.ts'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import { AmountField } from '../../ui/AmountField.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { useFocusReturn } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import {
  changesIn,
  editedOrder,
  fieldsOf,
  type Input,
  type Order,
  shownFields,
  type Texts,
  typedIn,
} from './edit-order.ts'

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

/** The texts of the form, and what they change. */
function useTexts(order: Order) {
  const fields = fieldsOf(order)
  const [texts, setTexts] = useState<Texts>({})
  const lastDay = order.expiresAt ? toDay(Date.parse(order.expiresAt)) : ''
  const [day, setDay] = useState(lastDay)
  const nowMs = useNow()
  const typed = { texts, day, lastDay }
  const { isRight, changes } = changesIn(fields, typed)
  const dayProblem = day === lastDay ? null : checkLastDay(day, nowMs)
  return {
    ...{ texts, setTexts, day, setDay, changes, dayProblem },
    fields: shownFields(fields, texts),
    isRight: isRight && dayProblem === null,
    hasChanges: Object.keys(changes).length > 0,
    bounds: expiryBounds(nowMs),
    edited: editedOrder(order, fields, typed),
  }
}

/** Why the form cannot be sent at present, or null. */
function reasonNotToSend(
  order: Order,
  { isRight, hasChanges }: ReturnType<typeof useTexts>,
  { preview, refused, failure }: ReturnType<typeof useReplacement>,
): string | null {
  if (!isOpenOrder(order)) return i18n.t('This order is not open any more.')
  if (!isRight || refused?.field !== undefined) return i18n.t('Correct the fields above first.')
  if (!hasChanges) return i18n.t('Nothing is changed yet.')
  if (failure) return i18n.t('What the order would do is not known, see below.')
  if (!preview) return i18n.t('Working out what the order would do.')
  return preview.refusal === null ? null : i18n.t('This order would be refused, see above.')
}

function useEdit(order: Order, onDone: (id: string) => void) {
  const form = useTexts(order)
  const { replace, isRunning, failure, forget } = useReplace(order.id, onDone)
  const mayAsk = form.isRight && form.hasChanges && isOpenOrder(order)
  const replacement = useReplacement(mayAsk ? { ...form.changes, orderId: order.id } : undefined)
  const { preview } = replacement
  const limit = useLimitCheck({ order: form.edited, preview }, isRunning)
  const reason = isRunning ? null : (reasonNotToSend(order, form, replacement) ?? limit.reason)
  return {
    ...form,
    ...{ preview, limit, reason, isRunning },
    refusal: replacement.failure ?? failure,
    change: (input: Input, text: string) => {
      forget()
      form.setTexts((others) => ({ ...others, [input]: text }))
    },
    chooseDay: (chosen: string) => {
      forget()
      form.setDay(chosen)
    },
    submit: (event: SubmitEvent) => {
      event.preventDefault()
      if (reason === null && !isRunning) void replace(form.changes)
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

/** What the order would do with these changes. */
function Effects({ edit: { edited, preview, limit } }: { edit: Edit }) {
  const areHidden = useHiddenAmounts()
  if (!preview) return null
  const shown = { order: edited, preview, balances: undefined }
  const total = [
    totalLabel(shown),
    <strong key="total" className="prose">
      {totalWords(shown)}
    </strong>,
  ] as const
  return (
    <>
      <Facts
        facts={[
          ...termFacts(shown, true),
          ...(areHidden || preview.refusal !== null ? [] : [total]),
        ]}
      />
      <LimitWarning {...shown} />
      <Refusal {...shown} />
      {limit.check}
    </>
  )
}

function EditForm({ order, onDone }: { order: Order; onDone: (id: string) => void }) {
  const edit = useEdit(order, onDone)
  const { fields, texts, refusal, isRunning, reason, change, submit } = edit
  return (
    <form onSubmit={submit} aria-label={i18n.t('Edit order')}>
      <Stack gap="xs">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={4}>
          {fields.map((field) => (
            <AmountField
              key={field.input}
              label={field.label}
              unit={field.unit}
              ticker={field.ticker}
              text={texts[field.input] ?? field.before}
              amount={typedIn(field, texts)}
              problem={problemAt(refusal, field.input) ?? null}
              hint={i18n.t('Empty: none.')}
              isLocked={isRunning}
              onChange={(text) => change(field.input, text)}
            />
          ))}
          <LastDayField edit={edit} />
        </SimpleGrid>
        <Effects edit={edit} />
        <Text size="xs" c="dimmed">
          {isOpenOrder(order)
            ? replacementNote(order, edit.preview)
            : i18n.t('This order has ended and cannot be changed any more.')}
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

/**
 * Changes what an open order waits for, how much it trades and until when, in one step with what it holds. An open form stays when the
 * order ends meanwhile, and says so.
 */
export function EditOrder({ order }: { order: Order }) {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  useFocusReturn(isOpen)
  return (
    <>
      {isOpenOrder(order) && (
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {i18n.t('Edit')}
        </Button>
      )}
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        size={520}
        closeButtonProps={{ 'aria-label': i18n.t('Close') }}
        title={i18n.t('Edit order')}
      >
        <EditForm order={order} onDone={(id) => void navigate(paths.order(id))} />
      </Modal>
    </>
  )
}
