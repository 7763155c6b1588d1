import { SegmentedControl, Stack, TextInput } from '@mantine/core'
import type { SubmitEvent } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { isOutcomeUnknown, problemAt } from '../api/errors.ts'
import { startOf, useFormDraft } from '../api/form-draft.ts'
import { useLivePrice } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'
import { AssetCreatePriceAlertDocument, type AssetFactsQuery } from '../generated/graphql.ts'
import { useNow } from '../lists/use-now.ts'
import { useMeantFocus } from '../meant-focus.ts'
import { checkLastDay, expiryBounds } from '../ticket/expiry.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { fieldMessage } from '../ui/field-message.tsx'
import { notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import {
  type AlertDraft,
  type AlertTerms,
  movedPrice,
  priceProblem,
  reasonNotToSet,
  termsOf,
  typedWish,
  wishWords,
} from './alert-draft.ts'

type PriceAlertFormProps = {
  readonly assetId: string
  readonly quote: AssetFactsQuery['asset']['quote']
  /** The number of the user's waiting alerts, on all assets. */
  readonly waiting: number
}

function useCreateAlert(assetId: string) {
  const { key, renew } = useCommandKey(`price-alert:${assetId}`)
  const { run, isRunning, failure, forget } = useCommand(AssetCreatePriceAlertDocument)
  const create = async (terms: AlertTerms) => {
    const { data, failure: refused } = await run({ input: { key, assetId, ...terms } })
    // The key is kept only while the outcome is unknown: a retry then creates no second alert.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    return refused ? undefined : data.createPriceAlert.alert
  }
  return { create, isRunning, failure, forget }
}

type FieldProps = {
  readonly draft: AlertDraft
  readonly change: (change: Partial<AlertDraft>) => void
}

/** From which side the price is reached, and whether it is a price or a percentage. */
function KindFields({ draft: { isFall, isMove }, change }: FieldProps) {
  const preposition = isMove ? 'by' : 'to'
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label="Notify me when the price"
        value={isFall ? 'BELOW' : 'ABOVE'}
        onChange={(next) => change({ isFall: next === 'BELOW' })}
        data={[
          { value: 'ABOVE', label: `Rises ${preposition}` },
          { value: 'BELOW', label: `Falls ${preposition}` },
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label="Unit of the alert"
        value={isMove ? 'PERCENT' : 'PRICE'}
        onChange={(next) => change({ isMove: next === 'PERCENT' })}
        data={[
          { value: 'PRICE', label: 'USD' },
          { value: 'PERCENT', label: '%' },
        ]}
      />
    </>
  )
}

type WishFieldProps = FieldProps & {
  readonly problem: string | null
  readonly current: string | undefined
}

function WishField({ draft, change, problem, current }: WishFieldProps) {
  const shared = { amount: typedWish(draft), problem, path: 'alert-price' }
  const now = current === undefined ? undefined : formatPrice(current)
  if (!draft.isMove) {
    return (
      <AmountField
        {...shared}
        label="Alert price in US dollars"
        unit="PRICE"
        text={draft.price}
        hint={now === undefined ? 'For example 1,250.50' : `Now ${now}`}
        onChange={(price) => change({ price })}
      />
    )
  }
  const moved = movedPrice(draft, current)
  const target = moved === undefined ? '' : `, to about ${formatPrice(moved)}`
  return (
    <AmountField
      {...shared}
      label="Change in per cent"
      unit="QUANTITY"
      ticker="%"
      text={draft.percent}
      hint={draft.isFall ? 'From 0.1 to 99' : 'From 0.1 to 1,000'}
      note={now === undefined ? 'from the price now' : `from the price now, ${now}${target}`}
      onChange={(percent) => change({ percent })}
    />
  )
}

function ExpiryField({
  draft,
  change,
  refused,
}: FieldProps & { readonly refused: string | undefined }) {
  const nowMs = useNow()
  const { first, last } = expiryBounds(nowMs)
  return (
    <TextInput
      type="date"
      label="Good till"
      min={first}
      max={last}
      value={draft.lastDay}
      {...fieldMessage(
        checkLastDay(draft.lastDay, nowMs) ?? refused,
        'Empty: until you cancel it.',
      )}
      onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
    />
  )
}

export function PriceAlertForm({ assetId, quote, waiting }: PriceAlertFormProps) {
  const [draft, keep] = useFormDraft(`price-alert:${assetId}`, startOf.alert)
  useMeantFocus('isToAlert', 'alert-price')
  const { create, isRunning, failure, forget } = useCreateAlert(assetId)
  const nowMs = useNow()
  const current = useLivePrice(assetId, quote)?.price
  const refused = problemAt(failure, draft.isMove ? 'changeBasisPoints' : 'price')
  const refusedDay = problemAt(failure, 'expiresAt')
  const problem = priceProblem(draft, current) ?? refused ?? null
  const reason = reasonNotToSet(draft, problem, { waiting, nowMs })
  const fields = {
    draft,
    change: (changed: Partial<AlertDraft>) => {
      forget()
      keep(changed)
    },
  }
  const submit = async (terms: AlertTerms) => {
    const alert = await create(terms)
    if (!alert) return
    keep({ price: '', percent: '', lastDay: '' })
    const wish = wishWords(alert).replace(/^./, (letter) => letter.toLowerCase())
    notifyDone('Price alert set', `You will be notified when ${assetId} ${wish}.`)
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const terms = termsOf(draft)
    if (reason === null && terms) void submit(terms)
  }
  return (
    <form onSubmit={onSubmit} aria-label="New price alert">
      <Stack gap="sm">
        <KindFields {...fields} />
        <WishField {...fields} problem={problem} current={current} />
        <ExpiryField {...fields} refused={refusedDay} />
        <SubmitButton
          variant="light"
          loading={isRunning}
          reason={reason}
          failure={(refused ?? refusedDay) === undefined ? failure : undefined}
        >
          Set alert
        </SubmitButton>
      </Stack>
    </form>
  )
}
