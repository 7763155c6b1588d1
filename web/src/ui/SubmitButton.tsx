import { Button, type ButtonProps, Text } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { type Refused, useSecondsLeft } from './wait.ts'

type SubmitButtonProps = Omit<ButtonProps, 'disabled'> & {
  /** The reason why the form cannot be sent at present, or null. */
  readonly reason: string | null
  /** Shown below while there is no reason. */
  readonly note?: string
  /** Why the last try was refused; it may name a time before which the next one would be too. */
  readonly failure?: Refused | undefined
}

/** The button that sends a form. While it is disabled, the text beneath says why, to screen readers too. */
export function SubmitButton(props: SubmitButtonProps): ReactNode {
  const { reason: missing, note, failure, ...button } = props
  const id = useId()
  const isTooEarly = useSecondsLeft(failure) > 0
  const reason = missing ?? (isTooEarly ? 'It is too early to try again, see above.' : null)
  return (
    <div>
      <Button
        {...button}
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
