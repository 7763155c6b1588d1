import { Group, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { i18n } from '../i18n.ts'
import { useNow } from '../lists/use-now.ts'
import { checkLastDay, expiryBounds } from '../ticket/expiry.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { useTouched } from '../ui/field-message.tsx'
import { type AlertDraft, typedRearm } from './alert-draft.ts'

export type AlertFieldProps = {
  readonly draft: AlertDraft
  readonly change: (change: Partial<AlertDraft>) => void
}

/** What an alert is on: the price of an asset, or the value of the portfolio. */
type Watching = { readonly watches: 'PRICE' | 'VALUE' }

/** From which side the target is reached, and whether it is an amount or a percentage. */
export function KindFields({
  draft: { isFall, isMove },
  change,
  watches,
}: AlertFieldProps & Watching) {
  return (
    <Group gap="xs" wrap="nowrap">
      <SegmentedControl
        flex={1}
        size="xs"
        aria-label={
          watches === 'PRICE'
            ? i18n.t('Notify me when the price')
            : i18n.t('Notify me when my portfolio')
        }
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
    </Group>
  )
}

/** Whether it goes on after it has fired, and how far what it watches goes back before. */
export function RepeatFields({ draft, change, watches }: AlertFieldProps & Watching) {
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
          unit="PERCENT"
          ticker="%"
          text={draft.rearm}
          amount={typedRearm(draft)}
          hint={
            watches === 'PRICE'
              ? i18n.t('Empty: 1. It fires again once the price has gone back so far.')
              : i18n.t('Empty: 1. It fires again once the value has gone back so far.')
          }
          note={
            watches === 'PRICE'
              ? i18n.t('back from the alert price before it fires again')
              : i18n.t('back from the alert value before it fires again')
          }
          onChange={(rearm) => change({ rearm })}
        />
      )}
    </>
  )
}

export function ExpiryField({
  draft,
  change,
  refused,
}: AlertFieldProps & { readonly refused: string | undefined }) {
  const nowMs = useNow()
  const { first, last } = expiryBounds(nowMs)
  const { field, judged } = useTouched()
  return (
    <TextInput
      ref={field}
      type="date"
      label={i18n.t('Good till')}
      min={first}
      max={last}
      value={draft.lastDay}
      {...judged(
        checkLastDay(draft.lastDay, nowMs) ?? refused,
        i18n.t('Empty: until you cancel it.'),
      )}
      onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
    />
  )
}
