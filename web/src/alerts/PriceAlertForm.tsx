import { Stack } from '@mantine/core'
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
import { AmountField } from '../ui/AmountField.tsx'
import { notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import { type AlertFieldProps, ExpiryField, KindFields, RepeatFields } from './AlertFields.tsx'
import {
  type AlertDraft,
  type AlertTerms,
  movedPrice,
  priceProblem,
  promiseWords,
  reasonNotToSet,
  termsOf,
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

type WishFieldProps = AlertFieldProps & {
  readonly problem: string | null
  readonly current: string | undefined
}

function WishField({ draft, change, problem, current }: WishFieldProps) {
  const shared = {
    ...{ amount: typedWish(draft), problem, path: 'alert-price' },
    draft: draft.isMove ? 'PERCENT' : 'PRICE',
  }
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
      unit="PERCENT"
      ticker="%"
      text={draft.percent}
      hint={draft.isFall ? i18n.t('From 0.1 to 99') : i18n.t('From 0.1 to 1,000')}
      note={moveNote(now, movedPrice(draft, current))}
      onChange={(percent) => change({ percent })}
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
        <KindFields {...fields} watches="PRICE" />
        <WishField {...fields} problem={problem} current={current} />
        <RepeatFields {...fields} watches="PRICE" />
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
