import { Trans } from '@lingui/react'
import { Button, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useCommand } from '../api/command.ts'
import { OrdersCancelDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { leaveRow, steady } from '../ui/focus.tsx'
import { notifyDone } from '../ui/notify.ts'

/** Cancels an open order after a confirmation. The command is idempotent, so it needs no key. */
export function CancelButton({ orderId, label }: { orderId: string; label: ReactNode }) {
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
    notifyDone(i18n.t('Order cancelled'), i18n.t('What it held is available again.'))
  }
  const words = {
    values: { label: <>{label}</> },
    components: { 0: <span className="visually-hidden" /> },
  }
  return (
    <Stack gap={6} onKeyDown={({ key }) => isAsking && key === 'Escape' && keep()}>
      {/* "Keep" replaces "Cancel", so that a double click cancels nothing. Where nothing else may move, the place of the other button is reserved. */}
      <div className="two-step">
        <Button
          size="xs"
          color="loss.7"
          loading={isRunning}
          renderRoot={steady}
          {...(!isAsking && { className: 'reserved', style: { visibility: 'hidden' } })}
          onClick={(event) => void cancel(event.currentTarget)}
        >
          <Trans id="Cancel order<0>: {label}</0>" {...words} />
        </Button>
        {isAsking ? (
          <Button key="keep" size="xs" w={76} variant="default" autoFocus onClick={keep}>
            <Trans id="Keep<0>: {label}</0>" {...words} />
          </Button>
        ) : (
          <Button
            key="ask"
            size="xs"
            w={76}
            variant="default"
            autoFocus={wasKept}
            onClick={() => setAsking(true)}
          >
            <Trans id="Cancel<0>: {label}</0>" {...words} />
          </Button>
        )}
      </div>
      {isAsking && failure && <FailureNotice failure={failure} />}
    </Stack>
  )
}
