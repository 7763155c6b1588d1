import { Button, type ButtonProps, Text } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type SubmitButtonProps = Omit<ButtonProps, 'disabled'> & {
  /** Why the form cannot be sent now; null when it can. */
  readonly reason: string | null
  /** Stands beneath while there is no reason. */
  readonly note?: string
}

/** The button that sends a form. While it is disabled, the text beneath says why, to screen readers too. */
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
