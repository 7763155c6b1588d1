import { Trans } from '@lingui/react'
import { Anchor, Checkbox, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useEffect, useState } from 'react'
import { Link, Navigate } from 'react-router'
import { useCommand } from '../../api/command.ts'
import { type Failure, failureOf, problemAt } from '../../api/errors.ts'
import { changesOf } from '../../api/form-draft.ts'
import { whenBack } from '../../api/reconnect.ts'
import { type Session, usernameOf } from '../../api/session.ts'
import { useSession, useUsername } from '../../api/SessionProvider.tsx'
import { SignUpCreateDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { EntryLayout } from '../../ui/EntryLayout.tsx'
import { fieldProps } from '../../ui/field-message.tsx'
import { focusInvalid, focusRefused } from '../../ui/focus.tsx'
import { useLeaveWarning } from '../../ui/leave-warning.ts'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { PersonFields } from '../../ui/PersonFields.tsx'
import { PasswordRules } from '../../ui/PasswordRules.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { passwordRules, phoneHint, signUpChecks, type SignUpValues } from './rules.ts'

const empty: SignUpValues = {
  username: '',
  email: '',
  firstName: '',
  lastName: '',
  password: '',
  phone: '',
  dateOfBirth: '',
  marketingConsent: false,
}

type KeptValues = Omit<SignUpValues, 'password'>

const keptValues = new WeakMap<Session, KeptValues>()

/**
 * The input while the page is left over a link of the dashboard: in memory, without the password, until the page is closed or
 * reloaded, or somebody signs in.
 */
const keptInput = (session: Session) => ({
  read: () => keptValues.get(session),
  keep: ({ password: _password, ...values }: SignUpValues): void => {
    if (!keptValues.has(session)) {
      const stop = session.subscribe(() => {
        if (usernameOf(session.getState()) === '') return
        keptValues.delete(session)
        stop()
      })
    }
    keptValues.set(session, values)
  },
})

/** Blank optional fields are omitted. */
function toInput({ username, phone, dateOfBirth, ...values }: SignUpValues) {
  return {
    ...values,
    username: username.trim(),
    ...(phone && { phone }),
    ...(dateOfBirth && { dateOfBirth }),
  }
}

/** A refusal with a field, or of a taken name, is shown at that field. */
function atField(failure: Failure): Failure {
  if (failure.code === 'USERNAME_TAKEN') return { ...failure, field: 'username' }
  return failure.code === 'EMAIL_TAKEN' ? { ...failure, field: 'email' } : failure
}

/** The sign-in after the sign-up. Its failure is shown until the connection is back. */
function useFirstSignIn(session: Session) {
  const [username, setUsername] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const isNetworks = failure?.code === 'NETWORK'
  useEffect(() => (isNetworks ? whenBack(() => setFailure(undefined)) : undefined), [isNetworks])
  const signIn = async (name: string, password: string) => {
    setUsername(name)
    setBusy(true)
    setFailure(undefined)
    await session.signIn(name, password).catch((error: unknown) => setFailure(failureOf(error)))
    setBusy(false)
  }
  return { username, isBusy, failure, signIn }
}

type OpenButtonProps = {
  readonly first: ReturnType<typeof useFirstSignIn>
  readonly isRunning: boolean
  readonly failure: Failure | undefined
}

/** An account that is open is only signed in. */
function OpenButton({ first, isRunning, failure }: OpenButtonProps) {
  const isOpen = first.username !== undefined
  const sentence = i18n.t('Your account is open, but you are not signed in yet. {reason}', {
    reason: failure?.sentence ?? '',
  })
  return (
    <SubmitButton
      size="md"
      mt={6}
      loading={isRunning || first.isBusy}
      reason={null}
      failure={failure && isOpen ? { ...failure, sentence } : failure}
    >
      {isOpen ? i18n.t('Sign in') : i18n.t('Open account')}
    </SubmitButton>
  )
}

export function SignUpPage() {
  const session = useSession()
  const isSignedIn = useUsername() !== ''
  const { run, isRunning, failure, forget } = useCommand(SignUpCreateDocument)
  const first = useFirstSignIn(session)
  const kept = keptInput(session)
  const form = useForm<SignUpValues>({
    initialValues: { ...empty, ...kept.read() },
    validate: signUpChecks,
    validateInputOnBlur: true,
    onValuesChange: kept.keep,
  })
  // Nothing of it is stored: no session would remove it from a shared computer.
  const isTouched = Object.keys(changesOf(empty, form.values)).length > 0
  useLeaveWarning(!isSignedIn && isTouched)
  if (isSignedIn) return <Navigate to={paths.dashboard} replace />

  const submit = form.onSubmit(async (values, event) => {
    if (first.username !== undefined) return first.signIn(first.username, values.password)
    const { data, failure: refusal } = await run({ input: toInput(values) })
    if (!data) {
      focusRefused(event?.target, [atField(refusal).field ?? ''])
      return undefined
    }
    return first.signIn(data.signUp.user.username, values.password)
  }, focusInvalid)
  const refused = failure && atField(failure)
  const propsOf = (field: keyof SignUpValues, hint?: string, lines?: 1 | 2) =>
    fieldProps(
      form.getInputProps(field),
      { problem: form.errors[field], refused: problemAt(refused, field), forget },
      hint,
      lines,
    )
  const isAtField = refused?.field !== undefined && refused.field in empty
  const shown = first.failure ?? (isAtField ? undefined : failure)
  return (
    <EntryLayout
      title={i18n.t('Open an account')}
      hint={
        <Trans
          id="Already have one? <0>Sign in</0>"
          components={{ 0: <Anchor component={Link} to={paths.signIn} underline="always" /> }}
        />
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack gap={6}>
          <PersonFields propsOf={propsOf} />
          <TextInput
            label={i18n.t('Username')}
            autoComplete="username"
            autoCapitalize="none"
            required
            {...propsOf('username', i18n.t('6 to 30 letters A to Z, digits or underscores'))}
          />
          <PasswordField
            label={i18n.t('Password')}
            autoComplete="new-password"
            required
            {...propsOf('password')}
          />
          <PasswordRules
            rules={passwordRules.map(({ label, isMet }) => ({
              label,
              isMet: isMet(form.values.password),
            }))}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
            <TextInput
              label={i18n.t('Phone (optional)')}
              type="tel"
              autoComplete="tel"
              {...propsOf('phone', phoneHint, 2)}
            />
            <TextInput
              label={i18n.t('Date of birth (optional)')}
              type="date"
              autoComplete="bday"
              {...propsOf('dateOfBirth', undefined, 2)}
            />
          </SimpleGrid>
          <Checkbox
            label={i18n.t('Send me news now and then')}
            {...form.getInputProps('marketingConsent', { type: 'checkbox' })}
          />
          <OpenButton first={first} isRunning={isRunning} failure={shown} />
        </Stack>
      </form>
    </EntryLayout>
  )
}
