import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { i18n } from '../i18n.ts'

/** A field for a password: the keyboard reaches the switch that shows it, and an error marks the input itself as wrong. */
export const PasswordField = ({ error, ...props }: PasswordInputProps) => (
  <PasswordInput
    {...props}
    error={error}
    aria-invalid={error ? true : undefined}
    visibilityToggleFocusable
    visibilityToggleButtonProps={{ 'aria-label': i18n.t('Toggle password visibility') }}
  />
)
