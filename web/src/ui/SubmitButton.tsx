import { Button, type ButtonProps, Text } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type SubmitButtonProps = Omit<ButtonProps, 'disabled'> & {
  /** The reason why the form cannot be sent at present, or null. */
  readonly reason: string | null
  /** Shown below while there is no reason. */
  readonly note?: string
}

/** The submit button of a form. While it is disabled, the text below states the reason, also for screen readers. */
export function SubmitButton({ reason, note, ...button }: SubmitButtonProps): ReactNode {
  const id = useId()
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
