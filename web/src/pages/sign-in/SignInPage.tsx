import { Alert, Anchor, PasswordInput, Stack, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { type SubmitEvent, useState } from 'react'
import { Link, Navigate, useSearchParams } from 'react-router'
import { type Failure, failureOf, problemAt } from '../../api/errors.ts'
import { useSession, useSessionState } from '../../api/SessionProvider.tsx'
import { nextPath, paths } from '../../paths.ts'
import { EntryLayout } from '../../ui/EntryLayout.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusRefused } from '../../ui/focus.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'

export function SignInPage() {
  const session = useSession()
  const state = useSessionState()
  const [search] = useSearchParams()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  if (state.status === 'signed-in') return <Navigate to={nextPath(search)} replace />
  const hasEnded = state.status === 'anonymous' && state.hasEnded

  const submit = async (form: EventTarget) => {
    setBusy(true)
    setFailure(undefined)
    try {
      await session.signIn(username.trim(), password)
    } catch (error) {
      const refusal = failureOf(error)
      setFailure(refusal)
      setBusy(false)
      focusRefused(form, [refusal.field ?? ''])
    }
  }
  const atUsername = problemAt(failure, 'username')
  const atPassword = problemAt(failure, 'password')
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    void submit(event.currentTarget)
  }

  return (
    <EntryLayout
      title="Sign in"
      home={
        <Anchor component={Link} to={paths.landing} size="sm" c="dimmed">
          ← Back to the start
        </Anchor>
      }
      hint={
        <>
          New here?{' '}
          <Anchor component={Link} to={paths.signUp} underline="always">
            Open an account
          </Anchor>
        </>
      }
    >
      <form onSubmit={onSubmit}>
        <Stack gap="xs">
          {hasEnded && (
            <Alert color="gray" role="status" p="xs" icon={<IconInfoCircle size={18} />}>
              Your session has ended. Sign in to come back to this page; what was not sent is gone.
            </Alert>
          )}
          <TextInput
            label="Username"
            autoComplete="username"
            data-path="username"
            autoCapitalize="none"
            required
            size="md"
            {...fieldMessage(atUsername)}
            value={username}
            onChange={(event) => {
              // Who has to wait is the account, not this page.
              if (failure?.code === 'SIGN_IN_DELAYED' || atUsername) setFailure(undefined)
              setUsername(event.currentTarget.value)
            }}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            data-path="password"
            required
            size="md"
            {...fieldMessage(atPassword)}
            value={password}
            onChange={(event) => {
              if (atPassword) setFailure(undefined)
              setPassword(event.currentTarget.value)
            }}
          />
          <SubmitButton
            size="md"
            loading={isBusy}
            failure={atUsername || atPassword ? undefined : failure}
            reason={username && password ? null : 'Enter your username and your password.'}
          >
            Sign in
          </SubmitButton>
        </Stack>
      </form>
    </EntryLayout>
  )
}
