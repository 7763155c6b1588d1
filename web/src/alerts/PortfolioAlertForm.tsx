import { Stack } from '@mantine/core'
import { limits } from '@cnop/schema/limits'
import type { SubmitEvent } from 'react'
import { useCommand } from '../api/command.ts'
import { useCommandKey } from '../api/command-key.ts'
import { type Failure, isOutcomeUnknown, problemAt } from '../api/errors.ts'
import { startOf, useFormDraft } from '../api/form-draft.ts'
import { formatMoney } from '../format/money.ts'
import {
  type CreatePortfolioAlertInput,
  PortfolioCreateAlertDocument,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { useNow } from '../lists/use-now.ts'
import { maskAmounts, useHiddenAmounts } from '../ui/amounts.tsx'
import { AmountField } from '../ui/AmountField.tsx'
import { notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import { useValues } from '../values/ValuesProvider.tsx'
import { type AlertDraft, reasonNotToSet, typedWish } from './alert-draft.ts'
import { type AlertFieldProps, ExpiryField, KindFields, RepeatFields } from './AlertFields.tsx'
import { valueNote, valueProblem, valueTermsOf } from './portfolio-draft.ts'

function useCreateAlert() {
  const { key, renew } = useCommandKey('portfolio-alert')
  const { run, isRunning, failure, forget } = useCommand(PortfolioCreateAlertDocument)
  const create = async (terms: Omit<CreatePortfolioAlertInput, 'key'>) => {
    const { data, failure: refused } = await run({ input: { key, ...terms } })
    // The key is kept only while the outcome is unknown: a retry then creates no second alert.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    return refused ? undefined : data.createPortfolioAlert.portfolioAlert
  }
  return { create, isRunning, failure, forget }
}

/** A refusal of the wish, of which the current value is one part; it is no amount to show while amounts are hidden. */
function refusalOf(failure: Failure | undefined, areHidden: boolean): string | undefined {
  const refused = problemAt(failure, 'value') ?? problemAt(failure, 'changeBasisPoints')
  return areHidden ? refused?.replace(/\d[\d,]*\.\d\d/g, '••••') : refused
}

type WishFieldProps = AlertFieldProps & {
  readonly problem: string | null
  readonly current: string | null
}

function WishField({ draft, change, problem, current }: WishFieldProps) {
  const areHidden = useHiddenAmounts()
  const shared = {
    ...{ amount: typedWish(draft, 'USD'), problem },
    draft: draft.isMove ? 'PERCENT' : 'PRICE',
  }
  if (draft.isMove) {
    const note = valueNote(draft, current)
    return (
      <AmountField
        {...shared}
        label={i18n.t('Change in per cent')}
        unit="PERCENT"
        ticker="%"
        text={draft.percent}
        hint={draft.isFall ? i18n.t('From 0.1 to 99') : i18n.t('From 0.1 to 1,000')}
        note={areHidden ? i18n.t('from the value now') : note}
        onChange={(percent) => change({ percent })}
      />
    )
  }
  return (
    <AmountField
      {...shared}
      label={i18n.t('Portfolio value in US dollars')}
      unit="USD"
      text={draft.price}
      hint={
        current === null || areHidden
          ? i18n.t('For example 1,250.50')
          : i18n.t('Now {price}', { price: formatMoney(current) })
      }
      onChange={(price) => change({ price })}
    />
  )
}

/** Sets an alert on the value of the portfolio, `waiting` of which are there. */
export function PortfolioAlertForm({ waiting }: { readonly waiting: number }) {
  const [draft, keep] = useFormDraft('portfolio-alert', startOf.alert)
  const { create, isRunning, failure, forget } = useCreateAlert()
  const areHidden = useHiddenAmounts()
  const nowMs = useNow()
  const current = useValues().reading.data?.total ?? null
  const refused = refusalOf(failure, areHidden)
  const refusedDay = problemAt(failure, 'expiresAt')
  const unsent = valueProblem(draft, current)
  const problem = (areHidden && unsent !== null ? maskAmounts(unsent) : unsent) ?? refused ?? null
  const most = limits.mostPortfolioAlerts
  const reason = reasonNotToSet(draft, problem, { waiting, nowMs, most, unit: 'USD' })
  const fields = {
    draft,
    change: (changed: Partial<AlertDraft>) => {
      forget()
      keep(changed)
    },
  }
  const submit = async (terms: Omit<CreatePortfolioAlertInput, 'key'>) => {
    const alert = await create(terms)
    if (!alert) return
    keep({ price: '', percent: '', repeats: false, rearm: '', lastDay: '' })
    notifyDone(
      alert.repeats ? i18n.t('Repeating portfolio alert set') : i18n.t('Portfolio alert set'),
    )
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const terms = valueTermsOf(draft)
    if (reason === null && terms) void submit(terms)
  }
  return (
    <form onSubmit={onSubmit} aria-label={i18n.t('New portfolio alert')}>
      <Stack gap="sm" className="wide-form">
        <KindFields {...fields} watches="VALUE" />
        <WishField {...fields} problem={problem} current={current} />
        <RepeatFields {...fields} watches="VALUE" />
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
