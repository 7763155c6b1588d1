import { PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useCommand } from '../../api/command.ts'
import { type Failure, isOutcomeUnknown } from '../../api/errors.ts'
import { ProfileChangePasswordDocument } from '../../generated/graphql.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { focusInvalid, focusRefused } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Panel } from '../../ui/Panel.tsx'
import { PasswordRules } from '../../ui/PasswordRules.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { checkPassword, passwordRules } from '../sign-up/rules.ts'

const empty = { currentPassword: '', newPassword: '' }

/** Without a response it is unknown which password is valid, and a retry with the old one may be refused. */
const unheard =
  'No answer arrived, so either password may be in force. Sign in with the new one; if it is refused, the old one still holds.'

const toShown = (failure: Failure): Failure =>
  isOutcomeUnknown(failure) ? { ...failure, sentence: unheard } : failure

const isWrongPassword = ({ code }: Failure): boolean =>
  code === 'WRONG_PASSWORD' || code === 'INVALID_CREDENTIALS'

export function PasswordPanel({ username }: { username: string }) {
  const { run, isRunning, failure } = useCommand(ProfileChangePasswordDocument)
  const form = useForm({ initialValues: empty, validate: { newPassword: checkPassword } })
  const submit = form.onSubmit(async (values, event) => {
    const { data, failure: refusal } = await run({ input: values })
    if (!data) {
      if (isWrongPassword(refusal)) focusRefused(event?.target, ['currentPassword'])
      return
    }
    form.reset()
    const { sessionsEnded } = data.changePassword
    notifyDone(
      'Password changed',
      `${sessionsEnded} other ${sessionsEnded === 1 ? 'session' : 'sessions'} ended.`,
    )
  }, focusInvalid)
  const isWrong = failure !== undefined && isWrongPassword(failure)
  return (
    <Panel title="Password">
      <form onSubmit={submit} noValidate aria-label="Password">
        <Stack gap="sm">
          <input
            type="text"
            name="username"
            autoComplete="username"
            value={username}
            readOnly
            hidden
          />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            {...form.getInputProps('currentPassword')}
            error={isWrong ? failure.sentence : form.errors['currentPassword']}
          />
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            required
            {...form.getInputProps('newPassword')}
          />
          <PasswordRules
            rules={passwordRules.map(({ label, isMet }) => ({
              label,
              isMet: isMet(form.values.newPassword),
            }))}
          />
          {failure && !isWrong && <FailureNotice failure={toShown(failure)} />}
          <SubmitButton
            loading={isRunning}
            failure={failure}
            reason={
              form.values.currentPassword && form.values.newPassword
                ? null
                : 'Enter your current and your new password.'
            }
          >
            Change password
          </SubmitButton>
        </Stack>
      </form>
    </Panel>
  )
}
