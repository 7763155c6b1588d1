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
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { focusInvalid, focusRefused, keepFocus } from '../../ui/focus.tsx'
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
    <SubmitButton
      size="md"
      mt={6}
      loading={isRunning}
      reason={null}
      failure={failure}
      onMouseDown={keepFocus}
    >
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
  const errorAt = (field: keyof SignUpValues) => form.errors[field] ?? problemAt(refused, field)
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
        <Stack gap="sm">
          {shown && <FailureNotice failure={shown} />}
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label="First name"
              autoComplete="given-name"
              required
              {...form.getInputProps('firstName')}
              error={errorAt('firstName')}
            />
            <TextInput
              label="Last name"
              autoComplete="family-name"
              required
              {...form.getInputProps('lastName')}
              error={errorAt('lastName')}
            />
          </SimpleGrid>
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="email"
            required
            {...form.getInputProps('email')}
            error={errorAt('email')}
          />
          <TextInput
            label="Username"
            description="6 to 30 letters A to Z, digits or underscores"
            autoComplete="username"
            autoCapitalize="none"
            required
            {...form.getInputProps('username')}
            error={errorAt('username')}
          />
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
            error={errorAt('password')}
          />
          <PasswordRules
            rules={passwordRules.map(({ label, isMet }) => ({
              label,
              isMet: isMet(form.values.password),
            }))}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              label="Phone (optional)"
              description={phoneHint}
              type="tel"
              autoComplete="tel"
              {...form.getInputProps('phone')}
              error={errorAt('phone')}
            />
            <TextInput
              label="Date of birth (optional)"
              type="date"
              autoComplete="bday"
              {...form.getInputProps('dateOfBirth')}
              error={errorAt('dateOfBirth')}
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
