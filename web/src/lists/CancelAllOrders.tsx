import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { OrdersCancelAllDocument, type OrdersCancelAllMutation } from '../generated/graphql.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { steady } from '../ui/focus.tsx'
import { notifyDone } from '../ui/notify.ts'

type Outcome = OrdersCancelAllMutation['cancelOrders']

const orders = (count: number): string => `${count} ${count === 1 ? 'order' : 'orders'}`

function announce({ cancelledCount, endedCount, remainingCount }: Outcome): void {
  const others = [
    ...(cancelledCount > 0 ? ['What was held is available again.'] : []),
    ...(endedCount > 0 ? [`${orders(endedCount)} had ended before.`] : []),
    ...(remainingCount > 0 ? [`${orders(remainingCount)} are left: cancel all again.`] : []),
  ]
  notifyDone(`${orders(cancelledCount)} cancelled`, others.join(' '))
}

/** Cancels every open order of the account after a confirmation. Called again, it cancels what is left. */
export function CancelAllOrders() {
  const [isAsking, setAsking] = useState(false)
  const { run, isRunning, failure } = useCommand(OrdersCancelAllDocument)
  const cancel = async () => {
    const { data } = await run({ input: {} })
    if (!data) return
    setAsking(false)
    announce(data.cancelOrders)
  }
  if (!isAsking) {
    return (
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        Cancel all
      </Button>
    )
  }
  return (
    <Stack gap={6} align="end" onKeyDown={({ key }) => key === 'Escape' && setAsking(false)}>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="xs"
          color="loss.7"
          loading={isRunning}
          renderRoot={steady}
          onClick={() => void cancel()}
        >
          Cancel every open order
        </Button>
        {/* Under the pointer that asked, so that a double click cancels nothing. */}
        <Button size="xs" variant="default" autoFocus onClick={() => setAsking(false)}>
          Keep
        </Button>
      </Group>
      {failure && <FailureNotice failure={failure} />}
    </Stack>
  )
}
