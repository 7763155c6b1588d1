import { Button, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { isOutcomeUnknown } from '../../api/errors.ts'
import { useLivePrice } from '../../api/live-prices.ts'
import { formatPrice } from '../../format/money.ts'
import {
  AssetCreatePriceAlertDocument,
  type AssetFactsQuery,
  type PriceAlertDirection,
} from '../../generated/graphql.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { problemOf, readPrice } from './alert-price.ts'

const directions = [
  { value: 'ABOVE', label: 'Rises to' },
  { value: 'BELOW', label: 'Falls to' },
] as const

type PriceAlertFormProps = {
  readonly assetId: string
  readonly quote: AssetFactsQuery['asset']['quote']
}

function useCreateAlert(assetId: string) {
  const { key, renew } = useCommandKey(`price-alert:${assetId}`)
  const { run, isRunning, failure, forget } = useCommand(AssetCreatePriceAlertDocument)
  const create = async (direction: PriceAlertDirection, price: string): Promise<boolean> => {
    const { failure: refused } = await run({ input: { key, assetId, direction, price } })
    // The key stays only while nobody knows whether there is an alert now: a repeat then makes no second one.
    if (!refused || !isOutcomeUnknown(refused)) renew()
    return !refused
  }
  return { create, isRunning, failure, forget }
}

export function PriceAlertForm({ assetId, quote }: PriceAlertFormProps) {
  const [direction, setDirection] = useState<PriceAlertDirection>('ABOVE')
  const [text, setText] = useState('')
  const { create, isRunning, failure, forget } = useCreateAlert(assetId)
  const current = useLivePrice(assetId, quote)?.price
  const price = readPrice(text)
  const problem = problemOf(text, direction, current)
  const submit = async () => {
    if (price === undefined || !(await create(direction, price))) return
    setText('')
    notifyDone('Price alert set', `You will be told when ${assetId} reaches ${formatPrice(price)}.`)
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    void submit()
  }
  return (
    <form onSubmit={onSubmit} aria-label="New price alert">
      <Stack gap="sm">
        <SegmentedControl
          fullWidth
          aria-label="Tell me when the price"
          value={direction}
          onChange={(next) => {
            forget()
            setDirection(next)
          }}
          data={[...directions]}
        />
        <TextInput
          label="Alert price in US dollars"
          placeholder="0.00"
          inputMode="decimal"
          autoComplete="off"
          maxLength={26}
          leftSection="$"
          value={text}
          error={problem}
          onChange={(event) => {
            forget()
            setText(event.currentTarget.value)
          }}
        />
        {failure && <FailureNotice failure={failure} />}
        <Button
          type="submit"
          variant="light"
          loading={isRunning}
          disabled={price === undefined || problem !== null}
        >
          Set alert
        </Button>
      </Stack>
    </form>
  )
}
