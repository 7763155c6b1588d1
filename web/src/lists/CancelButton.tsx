import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { OrdersCancelDocument } from '../generated/graphql.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { leaveRow, steady } from '../ui/focus.tsx'
import { notifyDone } from '../ui/notify.ts'

/** Cancels an open order after a confirmation. The command is idempotent, so it needs no key. */
export function CancelButton({ orderId, label }: { orderId: string; label: string }) {
  const [isAsking, setAsking] = useState(false)
  const [wasKept, setKept] = useState(false)
  const { run, isRunning, failure } = useCommand(OrdersCancelDocument)
  /** The focus goes back to where it came from. */
  const keep = () => {
    setKept(true)
    setAsking(false)
  }
  const cancel = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { data } = await run({ input: { orderId } })
    if (!data) return
    setKept(false)
    setAsking(false)
    leave()
    notifyDone('Order cancelled', 'What it held is available again.')
  }
  const suffix = <span className="visually-hidden">: {label}</span>
  if (!isAsking) {
    return (
      <Button size="xs" variant="default" autoFocus={wasKept} onClick={() => setAsking(true)}>
        Cancel{suffix}
      </Button>
    )
  }
  return (
    <Stack gap={6} align="flex-end" onKeyDown={({ key }) => key === 'Escape' && keep()}>
      <Group justify="flex-end" gap={6}>
        <Button size="xs" variant="default" onClick={keep}>
          Keep
        </Button>
        <Button
          size="xs"
          color="loss.7"
          loading={isRunning}
          autoFocus
          renderRoot={steady}
          onClick={(event) => void cancel(event.currentTarget)}
        >
          Cancel order{suffix}
        </Button>
      </Group>
      {failure && <FailureNotice failure={failure} />}
    </Stack>
  )
}
