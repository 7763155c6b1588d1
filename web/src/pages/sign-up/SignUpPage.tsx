import { Anchor, Checkbox, PasswordInput, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { Link, Navigate } from 'react-router'
import { useCommand } from '../../api/command.ts'
import { type Failure, failureOf, problemAt } from '../../api/errors.ts'
import { useSession, useUsername } from '../../api/SessionProvider.tsx'
import { SignUpCreateDocument } from '../../generated/graphql.ts'
import { paths } from '../../paths.ts'
import { EntryLayout } from '../../ui/EntryLayout.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusInvalid, focusRefused } from '../../ui/focus.tsx'
import { useLeaveWarning } from '../../ui/leave-warning.ts'
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

function OpenButton({ isRunning, failure }: { isRunning: boolean; failure: Failure | undefined }) {
  return (
    <SubmitButton size="md" mt={6} loading={isRunning} reason={null} failure={failure}>
      Open account
    </SubmitButton>
  )
}

export function SignUpPage() {
  const session = useSession()
  const isSignedIn = useUsername() !== ''
  const { run, isRunning, failure } = useCommand(SignUpCreateDocument)
  const [signInFailure, setSignInFailure] = useState<Failure>()
  const form = useForm<SignUpValues>({
    initialValues: empty,
    validate: signUpChecks,
    validateInputOnBlur: true,
  })
  // Nothing of it is kept: no session would remove it from a shared computer.
  useLeaveWarning(!isSignedIn && form.isDirty())
  if (isSignedIn) return <Navigate to={paths.dashboard} replace />

  const submit = form.onSubmit(async (values, event) => {
    const { data, failure: refusal } = await run({ input: toInput(values) })
    if (!data) {
      focusRefused(event?.target, [atField(refusal).field ?? ''])
      return
    }
    await session
      .signIn(data.signUp.user.username, values.password)
      .catch((error: unknown) => setSignInFailure(failureOf(error)))
  }, focusInvalid)
  const refused = failure && atField(failure)
  const propsOf = (field: keyof SignUpValues, hint?: string, lines?: 1 | 2) => ({
    ...form.getInputProps(field),
    ...fieldMessage(form.errors[field] ?? problemAt(refused, field), hint, lines),
  })
  const isAtField = refused?.field !== undefined && refused.field in empty
  const shown = signInFailure ?? (isAtField ? undefined : failure)
  return (
    <EntryLayout
      title="Open an account"
      home={
        <Anchor component={Link} to={paths.landing} size="sm" c="dimmed">
          ← Back to the start
        </Anchor>
      }
      hint={
        <>
          Already have one?{' '}
          <Anchor component={Link} to={paths.signIn} underline="always">
            Sign in
          </Anchor>
        </>
      }
    >
      <form onSubmit={submit} noValidate>
        <Stack gap={6}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
            <TextInput
              label="First name"
              autoComplete="given-name"
              required
              {...propsOf('firstName', undefined, 2)}
            />
            <TextInput
              label="Last name"
              autoComplete="family-name"
              required
              {...propsOf('lastName', undefined, 2)}
            />
          </SimpleGrid>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="email"
            required
            {...propsOf('email', undefined, 2)}
          />
          <TextInput
            label="Username"
            autoComplete="username"
            autoCapitalize="none"
            required
            {...propsOf('username', '6 to 30 letters A to Z, digits or underscores')}
          />
          <PasswordInput
            label="Password"
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
              label="Phone (optional)"
              type="tel"
              autoComplete="tel"
              {...propsOf('phone', phoneHint, 2)}
            />
            <TextInput
              label="Date of birth (optional)"
              type="date"
              autoComplete="bday"
              {...propsOf('dateOfBirth', undefined, 2)}
            />
          </SimpleGrid>
          <Checkbox
            label="Send me news now and then"
            {...form.getInputProps('marketingConsent', { type: 'checkbox' })}
          />
          <OpenButton isRunning={isRunning} failure={shown} />
        </Stack>
      </form>
    </EntryLayout>
  )
}
