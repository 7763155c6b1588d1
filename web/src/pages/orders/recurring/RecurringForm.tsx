import { parseUsd } from '@cnop/kit/money'
import {
  Button,
  Group,
  NativeSelect,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import type { SubmitEvent } from 'react'
import { optionOf } from '../../../api/asset-names.ts'
import { useCommand } from '../../../api/command.ts'
import { useCommandKey } from '../../../api/command-key.ts'
import { failureBeside, isOutcomeUnknown, problemAt } from '../../../api/errors.ts'
import { useFormDraft } from '../../../api/form-draft.ts'
import { useReading } from '../../../api/reading.ts'
import { parseAmount, reasonNotToSend, type TypedAmount } from '../../../format/amount.ts'
import { formatMoney } from '../../../format/money.ts'
import { formatDateTime } from '../../../format/time.ts'
import {
  OrdersCreateRecurringDocument,
  OrdersRecurringAssetsDocument,
  OrdersRecurringDatesDocument,
} from '../../../generated/graphql.ts'
import { i18n } from '../../../i18n.ts'
import { AmountField } from '../../../ui/AmountField.tsx'
import { fieldMessage } from '../../../ui/field-message.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { SubmitButton } from '../../../ui/SubmitButton.tsx'
import {
  type Draft,
  firstDraft,
  frequencyNames,
  scheduleOf,
  weekdayNames,
  zoneOptions,
} from './schedule.ts'

const optionsOf = (names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([value, label]) => ({ value, label }))

const frequencies = optionsOf(frequencyNames)
const weekdays = optionsOf(weekdayNames)
const days = Array.from({ length: 31 }, (_, index) => {
  const day = String(index + 1)
  return { value: day, label: day === '31' ? i18n.t('The last day') : i18n.t('Day {day}', { day }) }
})
const zones = zoneOptions().map((value) => ({ value, label: value.replaceAll('_', ' ') }))

const timeShape = /^\d\d:\d\d$/

/** The reason why the form cannot be sent yet, or null. The server decides. */
function reasonNotToCreate({ assetId, time }: Draft, amount: TypedAmount): string | null {
  if (assetId === '') return i18n.t('Choose an asset first.')
  const reason = reasonNotToSend(amount, null, 'USD')
  if (reason !== null) return reason
  return timeShape.test(time) ? null : i18n.t('Enter a time first.')
}

/** The form's draft, and what sends it. */
function useRecurringForm(onCreated: () => void) {
  const [draft, setDraft] = useFormDraft('recurring-order', firstDraft)
  const { key, renew } = useCommandKey('recurring-order')
  const { run, isRunning, failure, forget } = useCommand(OrdersCreateRecurringDocument)
  const create = async (amount: string): Promise<void> => {
    const { assetId } = draft
    const { failure: refused } = await run({
      input: { key, assetId, amount, ...scheduleOf(draft) },
    })
    // The key is kept only while the outcome is unknown: a retry then creates no second one.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    if (refused) return
    setDraft(firstDraft)
    notifyDone(
      i18n.t('Recurring order created'),
      i18n.t('It buys {asset} for {amount} each time.', {
        asset: assetId,
        amount: formatMoney(amount),
      }),
    )
    onCreated()
  }
  const change = (changes: Partial<Draft>): void => {
    forget()
    setDraft(changes)
  }
  return { draft, change, create, isRunning, failure }
}

type FieldProps = Pick<ReturnType<typeof useRecurringForm>, 'draft' | 'change' | 'failure'>

function AssetField({ draft, change, failure }: FieldProps) {
  const { data } = useReading(OrdersRecurringAssetsDocument, {})
  const assets = data?.assets.nodes ?? []
  return (
    <SearchSelect
      label={i18n.t('Asset to buy')}
      placeholder={i18n.t('Choose an asset')}
      nothingFoundMessage={i18n.t('No asset has this name')}
      value={draft.assetId || null}
      onChoose={(assetId) => change({ assetId })}
      options={assets.map(optionOf)}
      {...fieldMessage(problemAt(failure, 'assetId'))}
    />
  )
}

function DayField({ draft, change, failure }: FieldProps) {
  if (draft.frequency === 'DAILY') return null
  const isWeekly = draft.frequency === 'WEEKLY'
  const field = isWeekly ? 'weekday' : 'dayOfMonth'
  return (
    <NativeSelect
      label={isWeekly ? i18n.t('Day of the week') : i18n.t('Day of the month')}
      data={isWeekly ? weekdays : days}
      value={draft[field]}
      onChange={({ currentTarget }) => change({ [field]: currentTarget.value })}
      {...fieldMessage(problemAt(failure, field))}
    />
  )
}

function TimeFields({ draft, change, failure }: FieldProps) {
  return (
    <Group grow align="start" wrap="nowrap">
      <TextInput
        type="time"
        label={i18n.t('Time')}
        value={draft.time}
        onChange={({ currentTarget }) => change({ time: currentTarget.value.slice(0, 5) })}
        {...fieldMessage(problemAt(failure, 'time'))}
      />
      <SearchSelect
        label={i18n.t('Time zone')}
        nothingFoundMessage={i18n.t('No time zone has this name')}
        value={draft.timeZone}
        onChoose={(timeZone) => change({ timeZone })}
        options={zones}
        {...fieldMessage(problemAt(failure, 'timeZone'))}
      />
    </Group>
  )
}

/** The next dates in the reader's own time. */
function NextDates({ draft }: { readonly draft: Draft }) {
  const variables = { input: scheduleOf(draft) }
  const pause = !timeShape.test(draft.time)
  const { data } = useReading(OrdersRecurringDatesDocument, variables, { pause })
  const dates = (!pause && data?.recurringDates) || []
  return (
    <Text size="xs" c="dimmed" mih="4.8em" aria-live="polite">
      {dates.length > 0 && i18n.t('The next dates, in your time:')}
      {dates.map(({ at, isMoved }) => (
        <span key={at} className="numeric" style={{ display: 'block' }}>
          {isMoved
            ? i18n.t('{time} (clocks skip the time on that day)', { time: formatDateTime(at) })
            : formatDateTime(at)}
        </span>
      ))}
    </Text>
  )
}

/** The fields that show a refusal. */
const fieldsOf = ({ frequency }: Draft): readonly string[] => [
  ...['assetId', 'amount', 'time', 'timeZone'],
  ...(frequency === 'WEEKLY' ? ['weekday'] : []),
  ...(frequency === 'MONTHLY' ? ['dayOfMonth'] : []),
]

type RecurringFormProps = { readonly onCreated: () => void; readonly onClose: () => void }

/** The form of a new recurring order. */
export function RecurringForm({ onCreated, onClose }: RecurringFormProps) {
  const { draft, change, create, isRunning, failure } = useRecurringForm(onCreated)
  const amount = parseAmount(draft.amount, 'USD')
  const reason = reasonNotToCreate(draft, amount)
  const fields = { draft, change, failure }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && amount.plain !== undefined && parseUsd(amount.plain) > 0n) {
      void create(amount.plain)
    }
  }
  return (
    <form onSubmit={onSubmit} aria-label={i18n.t('New recurring order')} style={{ maxWidth: 460 }}>
      <Stack gap="sm">
        <AssetField {...fields} />
        <AmountField
          label={i18n.t('Amount of each buy in US dollars')}
          unit="USD"
          text={draft.amount}
          amount={amount}
          problem={problemAt(failure, 'amount') ?? null}
          hint={i18n.t('Fee included. A date on which the cash is not there is skipped.')}
          onChange={(text) => change({ amount: text })}
        />
        <SegmentedControl
          fullWidth
          aria-label={i18n.t('How often')}
          value={draft.frequency}
          onChange={(frequency) => change({ frequency })}
          data={frequencies}
        />
        <DayField {...fields} />
        <TimeFields {...fields} />
        <NextDates draft={draft} />
        <SubmitButton
          loading={isRunning}
          reason={reason}
          failure={failureBeside(failure, fieldsOf(draft))}
        >
          {i18n.t('Create recurring order')}
        </SubmitButton>
        <Button variant="subtle" size="xs" onClick={onClose}>
          {i18n.t('Close the form')}
        </Button>
      </Stack>
    </form>
  )
}
