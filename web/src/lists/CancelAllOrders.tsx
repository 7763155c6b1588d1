import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import { useCommand } from '../api/command.ts'
import { OrdersCancelAllDocument, type OrdersCancelAllMutation } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { joinSentences } from '../format/lists.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { leaveRow, steady } from '../ui/focus.tsx'
import { notifyDone } from '../ui/notify.ts'

type Outcome = OrdersCancelAllMutation['cancelOrders']

function announce({ cancelledCount, endedCount, remainingCount }: Outcome): void {
  const others = [
    ...(cancelledCount > 0 ? [i18n.t('What was held is available again.')] : []),
    ...(endedCount > 0
      ? [
          i18n.t('{count, plural, one {# order} other {# orders}} had ended before.', {
            count: endedCount,
          }),
        ]
      : []),
    ...(remainingCount > 0
      ? [
          i18n.t('{count, plural, one {# order is} other {# orders are}} left: cancel all again.', {
            count: remainingCount,
          }),
        ]
      : []),
  ]
  const done = i18n.t('{count, plural, one {# order} other {# orders}} cancelled', {
    count: cancelledCount,
  })
  notifyDone(done, joinSentences(others))
}

/** Cancels every open order of the account after a confirmation. Called again, it cancels what is left. */
export function CancelAllOrders() {
  const [isAsking, setAsking] = useState(false)
  const [wasKept, setKept] = useState(false)
  const { run, isRunning, failure } = useCommand(OrdersCancelAllDocument)
  /** The focus goes back to where it came from. */
  const keep = () => {
    setKept(true)
    setAsking(false)
  }
  const cancel = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { data } = await run({ input: {} })
    if (!data) return
    setKept(false)
    setAsking(false)
    leave()
    announce(data.cancelOrders)
  }
  if (!isAsking) {
    return (
      <Button size="xs" variant="default" autoFocus={wasKept} onClick={() => setAsking(true)}>
        {i18n.t('Cancel all')}
      </Button>
    )
  }
  return (
    <Stack gap={6} align="end" onKeyDown={({ key }) => key === 'Escape' && keep()}>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="xs"
          color="loss.7"
          loading={isRunning}
          renderRoot={steady}
          onClick={(event) => void cancel(event.currentTarget)}
        >
          {i18n.t('Cancel every open order')}
        </Button>
        {/* Under the pointer that asked, so that a double click cancels nothing. */}
        <Button size="xs" variant="default" autoFocus onClick={keep}>
          {i18n.t('Keep')}
        </Button>
      </Group>
      {failure && <FailureNotice failure={failure} />}
    </Stack>
  )
}
