import { Trans } from '@lingui/react'
import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { type SubmitEvent, useEffect, useEffectEvent } from 'react'
import { useSearchParams } from 'react-router'
import { ceilingOf, overCeiling } from '../../api/cash-ceiling.ts'
import { problemAt } from '../../api/errors.ts'
import { startOf, useFormDraft } from '../../api/form-draft.ts'
import { parseAmount, reasonNotToSend } from '../../format/amount.ts'
import { formatMoney, signOf } from '../../format/money.ts'
import { formatDateTime, formatZonedDateTime } from '../../format/time.ts'
import {
  type AccountCashQuery,
  type AccountDepositMutation,
  type AccountWithdrawMutation,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useMeantFocus } from '../../meant-focus.ts'
import { AmountField } from '../../ui/AmountField.tsx'
import { maskAmounts, useHiddenAmounts } from '../../ui/amounts.tsx'
import { Money } from '../../ui/Money.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Panel } from '../../ui/Panel.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { UnsettledNotice } from '../../ui/UnsettledNotice.tsx'
import { parseUsd } from '@cnop/kit/money'
import { type Direction, useMovement } from './use-movement.ts'
import { words } from './words.ts'

type Portfolio = NonNullable<AccountCashQuery['me']>['portfolio']

const quickAmounts = ['100.00', '500.00', '1000.00', '5000.00'] as const

/** The name of the button that fills in the most: it is not "all" where a limit or a hold leaves less. */
function mostLabel(direction: Direction, portfolio: Portfolio, areHidden: boolean): string {
  const { cash, allowance } = portfolio
  if (direction === 'deposit') {
    const isWhole = parseUsd(allowance.depositLeft) === parseUsd(allowance.depositLimit)
    return isWhole ? i18n.t('All of the limit') : i18n.t('The rest of the limit')
  }
  const most = ceilingOf(direction, portfolio)
  if (parseUsd(most) === parseUsd(cash.posted)) return i18n.t('Withdraw all')
  const label = i18n.t('Withdraw the most allowed, {amount}', { amount: formatMoney(most) })
  return areHidden ? maskAmounts(label) : label
}

type QuickProps = {
  readonly portfolio: Portfolio | undefined
  readonly direction: Direction
  readonly onChoose: (amount: string) => void
}

function Quick({ portfolio, direction, onChoose }: QuickProps) {
  // The field would show what is hidden.
  const areHidden = useHiddenAmounts()
  const ceiling = portfolio && ceilingOf(direction, portfolio)
  return (
    <Group gap={8}>
      {quickAmounts.map((amount) => (
        <Button key={amount} size="xs" variant="default" onClick={() => onChoose(amount)}>
          {formatMoney(amount).replace('.00', '')}
        </Button>
      ))}
      {portfolio && ceiling && (
        <Button
          size="xs"
          variant="default"
          disabled={areHidden || signOf(ceiling) === 0}
          title={areHidden ? i18n.t('Show amounts to choose this') : undefined}
          onClick={() => onChoose(ceiling)}
        >
          {mostLabel(direction, portfolio, areHidden)}
        </Button>
      )}
    </Group>
  )
}

/** The amount that can be withdrawn now, and the reasons why it may be less than the available cash. */
function Withdrawable({ portfolio }: { portfolio: Portfolio }) {
  const { cash } = portfolio
  const ceiling = ceilingOf('withdraw', portfolio)
  const isLimited = parseUsd(ceiling) < parseUsd(cash.withdrawable)
  const amount = <Money value={ceiling} />
  const most = isLimited ? (
    <Trans id="Withdrawable: {amount}, which is left of the daily limit" values={{ amount }} />
  ) : (
    <Trans id="Withdrawable: {amount}" values={{ amount }} />
  )
  return (
    <Text size="sm" c="dimmed">
      {cash.withdrawableAt ? (
        <Trans
          id="{most}. Cash from red pockets can be traded now and withdrawn later, all of it from {time}."
          values={{ most, time: formatZonedDateTime(cash.withdrawableAt) }}
        />
      ) : (
        most
      )}
    </Text>
  )
}

type Movement = ReturnType<typeof useMovement>

const movedBy = (data: AccountDepositMutation | AccountWithdrawMutation) =>
  'deposit' in data ? data.deposit.entry : data.withdraw.entry

type UnsettledProps = {
  readonly movement: Movement
  readonly amount: string
  readonly direction: Direction
  readonly onEnd: () => void
}

/** The last movement has no answer yet: it has to be settled before the next one. */
function UnsettledMovement({ movement, amount, direction, onEnd }: UnsettledProps) {
  const said = words[direction]
  const areHidden = useHiddenAmounts()
  const shown = areHidden ? maskAmounts(formatMoney(amount)) : formatMoney(amount)
  const sendAgain = async () => {
    const outcome = await movement.sendAgain()
    if (!outcome?.data) return
    onEnd()
    // The first attempt may have moved it, which must not look like another movement.
    const { createdAt } = movedBy(outcome.data)
    notifyDone(said.settled, said.settledOnce(shown, formatDateTime(createdAt)))
  }
  return (
    <UnsettledNotice
      title={said.question(shown)}
      noun={said.noun}
      again={said.again(shown)}
      failure={movement.failure}
      isRunning={movement.isRunning}
      onAgain={() => void sendAgain()}
      onGiveUp={() => {
        movement.giveUp()
        onEnd()
      }}
    >
      {i18n.t('“Latest movements” shows whether it did.')}
    </UnsettledNotice>
  )
}

/** The amount is named once it can be sent. */
const buttonLabel = (direction: Direction, plain: string | undefined): string => {
  const { name, send } = words[direction]
  return plain === undefined ? name : send(formatMoney(plain))
}

type FormProps = { readonly direction: Direction; readonly portfolio: Portfolio | undefined }

function DirectionForm({ direction, portfolio }: FormProps) {
  const movement = useMovement(direction)
  const [draft, change] = useFormDraft(direction, startOf.movement)
  const onChange = (amount: string) => change({ amount })
  const shared = { movement, direction, onEnd: () => onChange('') }
  const { unsettled } = movement
  return unsettled ? (
    <UnsettledMovement {...shared} amount={unsettled.amount} />
  ) : (
    <AmountForm {...shared} text={draft.amount} onChange={onChange} portfolio={portfolio} />
  )
}

type AmountFormProps = FormProps &
  Omit<UnsettledProps, 'amount'> & {
    readonly text: string
    readonly onChange: (text: string) => void
  }

function AmountForm(props: AmountFormProps) {
  const { movement, direction, portfolio, text, onChange, onEnd } = props
  const { isRunning, failure, forget } = movement
  useMeantFocus('isToAmount', 'amount')
  const amount = parseAmount(text, 'USD')
  const ceiling = portfolio && ceilingOf(direction, portfolio)
  const refused = problemAt(failure, 'amount')
  const areHidden = useHiddenAmounts()
  const over = overCeiling(amount.plain, ceiling) ?? refused ?? null
  const problem = areHidden && over !== null ? maskAmounts(over) : over
  const said = words[direction]
  const choose = (next: string) => {
    forget()
    onChange(next)
  }
  const submit = async (plain: string) => {
    const outcome = await movement.send({ amount: plain, key: movement.key })
    if (!outcome?.data) return
    onEnd()
    notifyDone(said.done(formatMoney(plain)))
  }
  const reason = reasonNotToSend(amount, problem, 'USD')
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && amount.plain !== undefined) void submit(amount.plain)
  }
  return (
    <form onSubmit={onSubmit} aria-label={said.name}>
      <Stack gap="sm">
        <AmountField
          label={i18n.t('Amount in US dollars')}
          unit="USD"
          size="lg"
          text={text}
          amount={amount}
          problem={problem}
          hint={i18n.t('For example 1,250.50')}
          path="amount"
          onChange={choose}
        />
        {direction === 'withdraw' && portfolio && <Withdrawable portfolio={portfolio} />}
        <Quick portfolio={portfolio} direction={direction} onChoose={choose} />
        <SubmitButton
          size="md"
          loading={isRunning}
          reason={reason}
          failure={refused === undefined ? failure : undefined}
          note={i18n.t('Sending twice by accident is harmless: each form moves money once.')}
        >
          {buttonLabel(direction, reason === null ? amount.plain : undefined)}
        </SubmitButton>
      </Stack>
    </form>
  )
}

export function CashForm({ portfolio }: { portfolio: Portfolio | undefined }) {
  const [draft, change] = useFormDraft('cash', startOf.cash)
  const [search] = useSearchParams()
  const openDeposit = useEffectEvent(() => change({ isWithdrawal: false }))
  useEffect(() => {
    if (search.get('move') === 'deposit') openDeposit()
  }, [search])
  const direction: Direction = draft.isWithdrawal ? 'withdraw' : 'deposit'
  return (
    <Panel
      title={i18n.t('Move cash')}
      action={
        <SegmentedControl
          aria-label={i18n.t('Direction')}
          value={direction}
          onChange={(next) => change({ isWithdrawal: next === 'withdraw' })}
          data={[
            { value: 'deposit', label: words.deposit.name },
            { value: 'withdraw', label: words.withdraw.name },
          ]}
        />
      }
    >
      <DirectionForm key={direction} direction={direction} portfolio={portfolio} />
    </Panel>
  )
}
