import { Avatar, Button, Group, Stack, Text } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { NavLink, useNavigate } from 'react-router'
import { failureOf } from '../api/errors.ts'
import { useSession } from '../api/SessionProvider.tsx'
import { paths } from '../paths.ts'
import { notifyFailure } from '../ui/notify.ts'
import { destinations } from './navigation.ts'

function Person({ username }: { username: string }) {
  const session = useSession()
  const navigate = useNavigate()
  const signOut = async () => {
    try {
      await session.signOut()
      await navigate(paths.landing)
    } catch (error) {
      const failure = failureOf(error)
      notifyFailure(
        { ...failure, sentence: `You are still signed in. ${failure.sentence}` },
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
          <span className="visually-hidden">Signed in as </span>
          {username}
        </Text>
      </Group>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconLogout size={15} />}
        onClick={() => void signOut()}
      >
        Sign out
      </Button>
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
      <nav aria-label="Main">
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
