import { Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useCommand } from '../../api/command.ts'
import { type Failure, isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { ProfileChangePasswordDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { fieldProps } from '../../ui/field-message.tsx'
import { focusInvalid, focusRefused } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Panel } from '../../ui/Panel.tsx'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { PasswordRules } from '../../ui/PasswordRules.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { checkPassword, passwordRules } from '../sign-up/rules.ts'

const empty = { currentPassword: '', newPassword: '' }

/** Without a response it is unknown which password is valid, and a retry with the old one may be refused. */
const unheard = i18n.t(
  'No answer arrived, so either password may be in force. Sign in with the new one; if it is refused, the old one still holds.',
)

const toShown = (failure: Failure): Failure =>
  isOutcomeUnknown(failure) ? { ...failure, sentence: unheard } : failure

/** A refusal with a field, or of the current password, is shown at that field. */
const atField = (failure: Failure): Failure =>
  failure.code === 'WRONG_PASSWORD' || failure.code === 'INVALID_CREDENTIALS'
    ? { ...failure, field: 'currentPassword' }
    : failure

function checkNewPassword(password: string, { currentPassword }: typeof empty): string | null {
  const isOld = password === currentPassword
  return (
    checkPassword(password) ??
    (isOld ? i18n.t('Choose one that differs from the current password.') : null)
  )
}

export function PasswordPanel({ username }: { username: string }) {
  const { run, isRunning, failure, forget } = useCommand(ProfileChangePasswordDocument)
  const form = useForm({ initialValues: empty, validate: { newPassword: checkNewPassword } })
  const submit = form.onSubmit(async (values, event) => {
    const { data, failure: refusal } = await run({ input: values })
    if (!data) {
      focusRefused(event?.target, [atField(refusal).field ?? ''])
      return
    }
    form.reset()
    const { sessionsEnded } = data.changePassword
    notifyDone(
      i18n.t('Password changed'),
      i18n.t('{count, plural, one {# other session ended.} other {# other sessions ended.}}', {
        count: sessionsEnded,
      }),
    )
  }, focusInvalid)
  const refused = failure && atField(failure)
  const isAtField = refused?.field !== undefined && refused.field in empty
  const propsOf = (field: keyof typeof empty) =>
    fieldProps(form.getInputProps(field), {
      problem: form.errors[field],
      refused: problemAt(refused, field),
      forget,
    })
  return (
    <Panel title={i18n.t('Password')}>
      <form onSubmit={submit} noValidate aria-label={i18n.t('Password')}>
        <Stack gap={6}>
          <input
            type="text"
            name="username"
            autoComplete="username"
            value={username}
            readOnly
            hidden
          />
          <PasswordField
            label={i18n.t('Current password')}
            autoComplete="current-password"
            required
            {...propsOf('currentPassword')}
          />
          <PasswordField
            label={i18n.t('New password')}
            autoComplete="new-password"
            required
            {...propsOf('newPassword')}
          />
          <PasswordRules
            rules={passwordRules.map(({ label, isMet }) => ({
              label,
              isMet: isMet(form.values.newPassword),
            }))}
          />
          <SubmitButton
            loading={isRunning}
            mt={6}
            failure={failure && !isAtField ? toShown(failure) : undefined}
            reason={
              form.values.currentPassword && form.values.newPassword
                ? null
                : i18n.t('Enter your current and your new password.')
            }
          >
            {i18n.t('Change password')}
          </SubmitButton>
        </Stack>
      </form>
    </Panel>
  )
}
