import { isGuestName } from '@cnop/kit/demo'
import { Avatar, Button, Group, Stack, Text } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useState } from 'react'
import { useQuery } from 'urql'
import { NavLink, useNavigate } from 'react-router'
import { failureOf } from '../api/errors.ts'
import { useSession } from '../api/SessionProvider.tsx'
import { ShellNotificationsDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { notifyFailure } from '../ui/notify.ts'
import { destinations } from './navigation.ts'

/** A guest has no password, so that a sign-out is for good. "Stay" is where the press was: a double click ends nothing. */
function GuestLeave({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }) {
  return (
    <Stack gap={8} role="group" aria-label={i18n.t('Sign out of the demo account')}>
      <Text size="xs" role="status">
        {i18n.t('This demo account cannot be reached again.')}
      </Text>
      <Button color="loss.7" size="xs" onClick={onLeave}>
        {i18n.t('Sign out')}
      </Button>
      <Button variant="default" size="xs" autoFocus onClick={onStay}>
        {i18n.t('Stay')}
      </Button>
    </Stack>
  )
}

/** Whether the account is one of a guest: it says so itself, with what the bell reads. Until it has, the name is all there is to go by. */
function useIsGuest(username: string): boolean {
  const [{ data }] = useQuery({
    query: ShellNotificationsDocument,
    variables: {},
    requestPolicy: 'cache-only',
  })
  return data?.me?.isGuest ?? isGuestName(username)
}

function Person({ username }: { username: string }) {
  const session = useSession()
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const isGuest = useIsGuest(username)
  const signOut = async () => {
    try {
      await session.signOut()
      await navigate(paths.landing)
    } catch (error) {
      const failure = failureOf(error)
      notifyFailure(
        {
          ...failure,
          sentence: i18n.t('You are still signed in. {sentence}', { sentence: failure.sentence }),
        },
        { stays: true },
      )
    }
  }
  return (
    <Stack gap={10} className="side-person">
      <Group gap={10} wrap="nowrap">
        <Avatar radius="xl" size={34} color="iris" variant="filled" aria-hidden="true">
          {username.slice(0, 2).toUpperCase()}
        </Avatar>
        <Text size="sm" fw={600} truncate="end" title={username}>
          <span className="visually-hidden">{i18n.t('Signed in as ')}</span>
          {username}
        </Text>
      </Group>
      {isAsking ? (
        <GuestLeave onStay={() => setAsking(false)} onLeave={() => void signOut()} />
      ) : (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconLogout size={15} />}
          onClick={() => (isGuest ? setAsking(true) : void signOut())}
        >
          {i18n.t('Sign out')}
        </Button>
      )}
    </Stack>
  )
}

type SideNavigationProps = {
  readonly username: string
  /** Known to be signed out. */
  readonly isVisitor: boolean
  readonly onGo: () => void
}

export function SideNavigation({ username, isVisitor, onGo }: SideNavigationProps) {
  const shown = destinations.filter(({ isPublic }) => isPublic || !isVisitor)
  return (
    <>
      <nav aria-label={i18n.t('Main')}>
        <Stack gap={3}>
          {shown.map(({ label, path, icon: Icon }) => (
            <NavLink key={path} to={path} className="nav-link" onClick={onGo}>
              <Icon size={19} stroke={1.7} aria-hidden="true" />
              {label}
            </NavLink>
          ))}
        </Stack>
      </nav>
      {username !== '' && <Person username={username} />}
    </>
  )
}
