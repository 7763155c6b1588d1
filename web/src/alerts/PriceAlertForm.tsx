import { SegmentedControl, Stack, Switch, TextInput } from '@mantine/core'
import type { SubmitEvent } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { isOutcomeUnknown, problemAt } from '../api/errors.ts'
import { startOf, useFormDraft } from '../api/form-draft.ts'
import { useLivePrice } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'
import { AssetCreatePriceAlertDocument, type AssetFactsQuery } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
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
  promiseWords,
  reasonNotToSet,
  termsOf,
  typedRearm,
  typedWish,
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
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={i18n.t('Notify me when the price')}
        value={isFall ? 'BELOW' : 'ABOVE'}
        onChange={(next) => change({ isFall: next === 'BELOW' })}
        data={[
          { value: 'ABOVE', label: isMove ? i18n.t('Rises by') : i18n.t('Rises to') },
          { value: 'BELOW', label: isMove ? i18n.t('Falls by') : i18n.t('Falls to') },
        ]}
      />
      <SegmentedControl
        size="xs"
        aria-label={i18n.t('Unit of the alert')}
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

/** Goes on after a percentage. */
function moveNote(now: string | undefined, moved: string | undefined): string {
  if (now === undefined) return i18n.t('from the price now')
  return moved === undefined
    ? i18n.t('from the price now, {price}', { price: now })
    : i18n.t('from the price now, {price}, to about {target}', {
        price: now,
        target: formatPrice(moved),
      })
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
        label={i18n.t('Alert price in US dollars')}
        unit="PRICE"
        text={draft.price}
        hint={
          now === undefined ? i18n.t('For example 1,250.50') : i18n.t('Now {price}', { price: now })
        }
        onChange={(price) => change({ price })}
      />
    )
  }
  return (
    <AmountField
      {...shared}
      label={i18n.t('Change in per cent')}
      unit="QUANTITY"
      ticker="%"
      text={draft.percent}
      hint={draft.isFall ? i18n.t('From 0.1 to 99') : i18n.t('From 0.1 to 1,000')}
      note={moveNote(now, movedPrice(draft, current))}
      onChange={(percent) => change({ percent })}
    />
  )
}

/** Whether it goes on after it has fired, and how far the price goes back before. */
function RepeatFields({ draft, change }: FieldProps) {
  return (
    <>
      <Switch
        label={i18n.t('Repeat')}
        checked={draft.repeats}
        onChange={({ currentTarget: { checked } }) => change({ repeats: checked })}
      />
      {draft.repeats && (
        <AmountField
          label={i18n.t('Re-arm distance in per cent')}
          unit="QUANTITY"
          ticker="%"
          text={draft.rearm}
          amount={typedRearm(draft)}
          hint={i18n.t('Empty: 1. It fires again once the price has gone back so far.')}
          note={i18n.t('back from the alert price before it fires again')}
          onChange={(rearm) => change({ rearm })}
        />
      )}
    </>
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
      label={i18n.t('Good till')}
      min={first}
      max={last}
      value={draft.lastDay}
      {...fieldMessage(
        checkLastDay(draft.lastDay, nowMs) ?? refused,
        i18n.t('Empty: until you cancel it.'),
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
    keep({ price: '', percent: '', repeats: false, rearm: '', lastDay: '' })
    const title = alert.repeats ? i18n.t('Repeating price alert set') : i18n.t('Price alert set')
    notifyDone(title, promiseWords(assetId, alert))
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const terms = termsOf(draft)
    if (reason === null && terms) void submit(terms)
  }
  return (
    <form onSubmit={onSubmit} aria-label={i18n.t('New price alert')}>
      <Stack gap="sm">
        <KindFields {...fields} />
        <WishField {...fields} problem={problem} current={current} />
        <RepeatFields {...fields} />
        <ExpiryField {...fields} refused={refusedDay} />
        <SubmitButton
          variant="light"
          loading={isRunning}
          reason={reason}
          failure={(refused ?? refusedDay) === undefined ? failure : undefined}
        >
          {i18n.t('Set alert')}
        </SubmitButton>
      </Stack>
    </form>
  )
}
