import { Trans } from '@lingui/react'
import { Alert, Anchor, Stack, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { type SubmitEvent, useEffect, useEffectEvent, useState } from 'react'
import { Link, Navigate, useSearchParams } from 'react-router'
import { type Failure, failureOf, problemAt } from '../../api/errors.ts'
import { backOffMs, whenBack } from '../../api/reconnect.ts'
import { useSession, useSessionState } from '../../api/SessionProvider.tsx'
import { i18n } from '../../i18n.ts'
import { nextPath, paths } from '../../paths.ts'
import { EntryLayout } from '../../ui/EntryLayout.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusRefused } from '../../ui/focus.tsx'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'
import { TryDemo } from '../../ui/TryDemo.tsx'

/** The account cannot be reached: whoever signs in waits for the platform, not for anything on this page. */
const waitsForPlatform = (failure: Failure | undefined): boolean =>
  failure !== undefined &&
  ['SUBGRAPH_UNAVAILABLE', 'STORE_UNAVAILABLE', 'NETWORK', 'TIMEOUT'].includes(failure.code)

const cannotSignIn = i18n.t(
  'Signing in is not possible at the moment, because the service for accounts does not answer. This page tries again by itself.',
)

const toShown = (failure: Failure | undefined): Failure | undefined =>
  failure && waitsForPlatform(failure) && failure.code !== 'NETWORK'
    ? { ...failure, sentence: cannotSignIn }
    : failure

/** Signs in again, after growing pauses and when the connection returns, until the platform has answered. */
function useRetries(failure: Failure | undefined, retry: () => void): void {
  const [failures, setFailures] = useState(0)
  const isWaiting = waitsForPlatform(failure)
  const again = useEffectEvent(() => {
    setFailures(failures + 1)
    retry()
  })
  const plan = useEffectEvent(() => setTimeout(again, backOffMs(failures)))
  useEffect(() => {
    if (!isWaiting) return undefined
    const timer = plan()
    const stopListening = whenBack(again)
    return () => {
      clearTimeout(timer)
      stopListening()
    }
    // Each attempt ends with a new failure.
  }, [isWaiting, failure])
}

/** Why the page that was open asks for a sign-in, and what this leads back to. */
function describeEnd({ hasDrafts, wasGuest }: { hasDrafts: boolean; wasGuest?: true }): string {
  if (wasGuest) {
    return i18n.t(
      'A demo account ends with its session, and yours has ended. Try the demo for a new one, or sign in to an account of your own.',
    )
  }
  return hasDrafts
    ? i18n.t(
        'Your session has ended. Sign in to come back to this page; what you had not sent is still there for you.',
      )
    : i18n.t(
        'You are signed out in this browser, which has removed what you had not sent. Sign in to come back to this page.',
      )
}

export function SignInPage() {
  const session = useSession()
  const state = useSessionState()
  const [search] = useSearchParams()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  const signIn = async (): Promise<Failure | undefined> => {
    setBusy(true)
    try {
      await session.signIn(username.trim(), password)
      return undefined
    } catch (error) {
      const refusal = failureOf(error)
      setFailure(refusal)
      setBusy(false)
      return refusal
    }
  }
  useRetries(failure, () => void signIn())

  if (state.status === 'signed-in') return <Navigate to={nextPath(search)} replace />
  const ended = state.status === 'anonymous' && state.hasEnded ? state : undefined

  const submit = async (form: EventTarget) => {
    setFailure(undefined)
    const refusal = await signIn()
    if (refusal) focusRefused(form, [refusal.field ?? ''])
  }
  /** What was refused, or waits to be sent again, is not what the fields have now. */
  const forgetRefusal = (isRefused: boolean) => {
    if (isRefused || failure?.code === 'INVALID_CREDENTIALS' || waitsForPlatform(failure)) {
      setFailure(undefined)
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
      title={i18n.t('Sign in')}
      hint={
        <Trans
          id="New here? <0>Open an account</0>"
          components={{ 0: <Anchor component={Link} to={paths.signUp} underline="always" /> }}
        />
      }
    >
      <form onSubmit={onSubmit}>
        <Stack gap="xs">
          {ended && (
            <Alert color="gray" role="status" p="xs" icon={<IconInfoCircle size={18} />}>
              {describeEnd(ended)}
            </Alert>
          )}
          <TextInput
            label={i18n.t('Username')}
            autoComplete="username"
            data-path="username"
            autoCapitalize="none"
            required
            size="md"
            {...fieldMessage(atUsername)}
            value={username}
            onChange={(event) => {
              // Who has to wait is the account, not this page.
              forgetRefusal(failure?.code === 'SIGN_IN_DELAYED' || atUsername !== undefined)
              setUsername(event.currentTarget.value)
            }}
          />
          <PasswordField
            label={i18n.t('Password')}
            autoComplete="current-password"
            data-path="password"
            required
            size="md"
            {...fieldMessage(atPassword)}
            value={password}
            onChange={(event) => {
              forgetRefusal(atPassword !== undefined)
              setPassword(event.currentTarget.value)
            }}
          />
          <SubmitButton
            size="md"
            loading={isBusy}
            failure={atUsername || atPassword ? undefined : toShown(failure)}
            reason={username && password ? null : i18n.t('Enter your username and your password.')}
          >
            {i18n.t('Sign in')}
          </SubmitButton>
        </Stack>
      </form>
      <TryDemo size="md" variant="default" fullWidth />
    </EntryLayout>
  )
}
