import { Button, type ButtonProps, Text } from '@mantine/core'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { i18n } from '../i18n.ts'
import { FailureNotice, type ShownFailure } from './FailureNotice.tsx'
import { steady } from './focus.tsx'
import { useSecondsLeft } from './wait.ts'

type SubmitButtonProps = Omit<ButtonProps, 'disabled'> & {
  /** The reason why the form cannot be sent at present, or null. */
  readonly reason: string | null
  /** Shown below while there is no reason. */
  readonly note?: string
  /** Why the last attempt failed, unless a field shows it; it may name the earliest time of the next one. */
  readonly failure?: ShownFailure | undefined
}

/**
 * The submit button of a form. While it is disabled, the text below states the reason, also for screen readers. A failure
 * is shown below too, where it does not move the button.
 */
export function SubmitButton(props: SubmitButtonProps): ReactNode {
  const { reason: missing, note, failure, ...button } = props
  const id = useId()
  const notice = useRef<HTMLDivElement>(null)
  // On a phone it would be below what is in sight.
  useEffect(() => {
    notice.current?.scrollIntoView({ block: 'nearest' })
  }, [failure])
  const isTooEarly = useSecondsLeft(failure) > 0
  const reason = missing ?? (isTooEarly ? i18n.t('It is too early to try again, see below.') : null)
  return (
    <div className="submit">
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
      {failure && (
        <div ref={notice}>
          <FailureNotice failure={failure} />
        </div>
      )}
    </div>
  )
}
