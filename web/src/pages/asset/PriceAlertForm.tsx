import { SegmentedControl, Stack } from '@mantine/core'
import { parsePrice } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import type { SubmitEvent } from 'react'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { useFormDraft } from '../../api/form-draft.ts'
import { useLivePrice } from '../../api/live-prices.ts'
import { parseAmount, reasonNotToSend, type TypedAmount } from '../../format/amount.ts'
import { formatExactPrice, formatPrice } from '../../format/money.ts'
import {
  AssetCreatePriceAlertDocument,
  type AssetFactsQuery,
  type PriceAlertDirection,
} from '../../generated/graphql.ts'
import { AmountField } from '../../ui/AmountField.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { SubmitButton } from '../../ui/SubmitButton.tsx'

const highest = parsePrice(limits.highestAlertPrice)

/** The prices that an alert accepts, as text. */
function rangeOf(direction: PriceAlertDirection, current: string | undefined): string {
  const now = current === undefined ? undefined : formatPrice(current)
  const [low, high] = direction === 'ABOVE' ? [now, undefined] : [undefined, now]
  const end =
    high === undefined ? `at most ${formatExactPrice(limits.highestAlertPrice)}` : `below ${high}`
  return `Choose a price above ${low ?? formatExactPrice('0')} and ${end}.`
}

/** The reason why an alert at this price would be refused, or null. The server decides. */
function alertProblem(
  { plain }: TypedAmount,
  direction: PriceAlertDirection,
  current: string | undefined,
): string | null {
  if (plain === undefined) return null
  if (parsePrice(plain) > highest) return `This price is too high. ${rangeOf(direction, current)}`
  if (current === undefined) return null
  const distance = parsePrice(plain) - parsePrice(current)
  const isAhead = direction === 'ABOVE' ? distance > 0n : distance < 0n
  if (isAhead) return null
  return `Reached already. ${rangeOf(direction, current)}`
}

const directions = [
  { value: 'ABOVE', label: 'Rises to' },
  { value: 'BELOW', label: 'Falls to' },
] as const

type PriceAlertFormProps = {
  readonly assetId: string
  readonly quote: AssetFactsQuery['asset']['quote']
  /** The number of the user's waiting alerts, on all assets. */
  readonly waiting: number
}

function useCreateAlert(assetId: string) {
  const { key, renew } = useCommandKey(`price-alert:${assetId}`)
  const { run, isRunning, failure, forget } = useCommand(AssetCreatePriceAlertDocument)
  const create = async (direction: PriceAlertDirection, price: string): Promise<boolean> => {
    const { failure: refused } = await run({ input: { key, assetId, direction, price } })
    // The key is kept only while the outcome is unknown: a retry then creates no second alert.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    return !refused
  }
  return { create, isRunning, failure, forget }
}

/** The reason why no alert can be set at present, or null. */
function reasonNotToSet(
  amount: TypedAmount,
  problem: string | null,
  waiting: number,
): string | null {
  if (waiting < limits.mostActiveAlerts) return reasonNotToSend(amount, problem, 'PRICE')
  return `${waiting} alerts are waiting, the most there can be. Cancel one first.`
}

const empty = { isFall: false, price: '' }

export function PriceAlertForm({ assetId, quote, waiting }: PriceAlertFormProps) {
  const [draft, change] = useFormDraft(`price-alert:${assetId}`, empty)
  const direction: PriceAlertDirection = draft.isFall ? 'BELOW' : 'ABOVE'
  const { create, isRunning, failure, forget } = useCreateAlert(assetId)
  const current = useLivePrice(assetId, quote)?.price
  const amount = parseAmount(draft.price, 'PRICE')
  const refused = problemAt(failure, 'price')
  const problem = alertProblem(amount, direction, current) ?? refused ?? null
  const reason = reasonNotToSet(amount, problem, waiting)
  const submit = async (price: string) => {
    if (!(await create(direction, price))) return
    change({ price: '' })
    notifyDone(
      'Price alert set',
      `You will be notified when ${assetId} reaches ${formatExactPrice(price)}.`,
    )
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && amount.plain !== undefined) void submit(amount.plain)
  }
  return (
    <form onSubmit={onSubmit} aria-label="New price alert">
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          aria-label="Notify me when the price"
          value={direction}
          onChange={(next) => {
            forget()
            change({ isFall: next === 'BELOW' })
          }}
          data={[...directions]}
        />
        <AmountField
          label="Alert price in US dollars"
          unit="PRICE"
          text={draft.price}
          amount={amount}
          problem={problem}
          hint={current === undefined ? 'For example 1,250.50' : `Now ${formatPrice(current)}`}
          onChange={(next) => {
            forget()
            change({ price: next })
          }}
        />
        <SubmitButton
          variant="light"
          loading={isRunning}
          reason={reason}
          failure={refused === undefined ? failure : undefined}
        >
          Set alert
        </SubmitButton>
      </Stack>
    </form>
  )
}
