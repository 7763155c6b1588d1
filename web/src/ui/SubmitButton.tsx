import { Button, type ButtonProps, Text } from '@mantine/core'
import { type MouseEventHandler, type ReactNode, useId } from 'react'
import { steady } from './focus.tsx'
import { type Refused, useSecondsLeft } from './wait.ts'

type SubmitButtonProps = Omit<ButtonProps, 'disabled'> & {
  /** The reason why the form cannot be sent at present, or null. */
  readonly reason: string | null
  /** Shown below while there is no reason. */
  readonly note?: string
  /** The failure of the last attempt; it may name the earliest time of the next one. */
  readonly failure?: Refused | undefined
  readonly onMouseDown?: MouseEventHandler
}

/** The submit button of a form. While it is disabled, the text below states the reason, also for screen readers. */
export function SubmitButton(props: SubmitButtonProps): ReactNode {
  const { reason: missing, note, failure, ...button } = props
  const id = useId()
  const isTooEarly = useSecondsLeft(failure) > 0
  const reason = missing ?? (isTooEarly ? 'It is too early to try again, see above.' : null)
  return (
    <div>
      <Button
        {...button}
        renderRoot={steady}
        type="submit"
        fullWidth
        disabled={reason !== null}
        aria-describedby={reason === null && !note ? undefined : id}
      />
      <Text id={id} className="submit-reason" size="xs" mt={6} mih="1.4em" aria-live="polite">
        {reason ?? note}
      </Text>
    </div>
  )
}
