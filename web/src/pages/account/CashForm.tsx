import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import type { SubmitEvent } from 'react'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { useFormDraft } from '../../api/form-draft.ts'
import { parseAmount, reasonNotToSend, type TypedAmount } from '../../format/amount.ts'
import { formatMoney } from '../../format/money.ts'
import { formatDateTime } from '../../format/time.ts'
import {
  type AccountCashQuery,
  AccountDepositDocument,
  AccountWithdrawDocument,
} from '../../generated/graphql.ts'
import { AmountField } from '../../ui/AmountField.tsx'
import { maskAmounts, useHiddenAmounts } from '../../ui/amounts.tsx'
import { Money } from '../../ui/Money.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Panel } from '../../ui/Panel.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { formatUsd, parseUsd } from '@cnop/kit/money'

/** The smaller of two decimal strings, such as an allowance and a balance. */
function smaller(a: string, b: string): string {
  const [first, second] = [parseUsd(a), parseUsd(b)]
  return formatUsd(first < second ? first : second)
}

/** The reason why the amount cannot be moved, as far as the page knows; the server decides. */
function overCeiling({ plain }: TypedAmount, ceiling: string | undefined): string | null {
  if (plain === undefined || ceiling === undefined) return null
  return parseUsd(plain) > parseUsd(ceiling) ? `At most ${formatMoney(ceiling)} right now.` : null
}

type Direction = 'deposit' | 'withdraw'
type Portfolio = NonNullable<AccountCashQuery['me']>['portfolio']

const quickAmounts = ['100.00', '500.00', '1000.00', '5000.00'] as const

/** The maximum that can be moved now, as far as the page knows; the server decides. */
function ceilingOf(direction: Direction, { cash, allowance }: Portfolio): string {
  return direction === 'deposit'
    ? allowance.depositLeft
    : smaller(allowance.withdrawLeft, cash.withdrawable)
}

function useMovement(direction: Direction) {
  const deposit = useCommand(AccountDepositDocument)
  const withdraw = useCommand(AccountWithdrawDocument)
  const { key, renew } = useCommandKey(direction)
  const command = direction === 'deposit' ? deposit : withdraw
  const move = async (amount: string): Promise<boolean> => {
    const { failure } = await command.run({ input: { amount, key } })
    // The key is kept only while the outcome is unknown: a retry then cannot move the money twice.
    if (!failure || !isOutcomeUnknown(failure)) renew()
    return !failure
  }
  return { move, isRunning: command.isRunning, failure: command.failure, forget: command.forget }
}

function Quick({
  ceiling,
  direction,
  onChoose,
}: {
  ceiling: string | undefined
  direction: Direction
  onChoose: (amount: string) => void
}) {
  return (
    <Group gap={8}>
      {quickAmounts.map((amount) => (
        <Button key={amount} size="xs" variant="default" onClick={() => onChoose(amount)}>
          {formatMoney(amount).replace('.00', '')}
        </Button>
      ))}
      {ceiling && (
        <Button size="xs" variant="default" onClick={() => onChoose(ceiling)}>
          {direction === 'deposit' ? 'All of the limit' : 'Withdraw all'}
        </Button>
      )}
    </Group>
  )
}

const verbs = {
  deposit: { button: 'Deposit', past: 'deposited' },
  withdraw: { button: 'Withdraw', past: 'withdrawn' },
} as const

/** The amount that can be withdrawn now, and the reasons why it may be less than the available cash. */
function Withdrawable({ portfolio }: { portfolio: Portfolio }) {
  const { cash } = portfolio
  const ceiling = ceilingOf('withdraw', portfolio)
  const isLimited = parseUsd(ceiling) < parseUsd(cash.withdrawable)
  return (
    <Text size="sm" c="dimmed">
      Withdrawable: <Money value={ceiling} />
      {isLimited && ', which is left of the daily limit'}
      {cash.withdrawableAt &&
        `. Cash from red pockets can be traded now and withdrawn later, all of it from ${formatDateTime(cash.withdrawableAt)}.`}
    </Text>
  )
}

const noAmount = { amount: '' }

function DirectionForm({
  direction,
  portfolio,
}: {
  direction: Direction
  portfolio: Portfolio | undefined
}) {
  const [draft, change] = useFormDraft(direction, noAmount)
  const { move, isRunning, failure, forget } = useMovement(direction)
  const amount = parseAmount(draft.amount, 'USD')
  const ceiling = portfolio && ceilingOf(direction, portfolio)
  const refused = problemAt(failure, 'amount')
  const areHidden = useHiddenAmounts()
  const over = overCeiling(amount, ceiling) ?? refused ?? null
  const problem = areHidden && over !== null ? maskAmounts(over) : over
  const verb = verbs[direction]
  const choose = (next: string) => {
    forget()
    change({ amount: next })
  }
  const submit = async (plain: string) => {
    if (!(await move(plain))) return
    change(noAmount)
    notifyDone(`${formatMoney(plain)} ${verb.past}`)
  }
  const reason = reasonNotToSend(amount, problem, 'USD')
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && amount.plain !== undefined) void submit(amount.plain)
  }
  return (
    <form onSubmit={onSubmit} aria-label={verb.button}>
      <Stack gap="sm">
        <AmountField
          label="Amount in US dollars"
          unit="USD"
          size="lg"
          text={draft.amount}
          amount={amount}
          problem={problem}
          hint="For example 1,250.50"
          onChange={choose}
        />
        {direction === 'withdraw' && portfolio && <Withdrawable portfolio={portfolio} />}
        <Quick ceiling={ceiling} direction={direction} onChoose={choose} />
        <SubmitButton
          size="md"
          loading={isRunning}
          reason={reason}
          failure={refused === undefined ? failure : undefined}
          note="Sending twice by accident is harmless: each form moves money once."
        >
          {amount.plain === undefined ? verb.button : `${verb.button} ${formatMoney(amount.plain)}`}
        </SubmitButton>
      </Stack>
    </form>
  )
}

const atFirst = { isWithdrawal: false }

export function CashForm({ portfolio }: { portfolio: Portfolio | undefined }) {
  const [draft, change] = useFormDraft('cash', atFirst)
  const direction: Direction = draft.isWithdrawal ? 'withdraw' : 'deposit'
  return (
    <Panel
      title="Move cash"
      action={
        <SegmentedControl
          aria-label="Direction"
          value={direction}
          onChange={(next) => change({ isWithdrawal: next === 'withdraw' })}
          data={[
            { value: 'deposit', label: 'Deposit' },
            { value: 'withdraw', label: 'Withdraw' },
          ]}
        />
      }
    >
      <DirectionForm key={direction} direction={direction} portfolio={portfolio} />
    </Panel>
  )
}
