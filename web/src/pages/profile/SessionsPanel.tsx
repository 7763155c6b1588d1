import { Badge, Button, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconDeviceLaptop } from '@tabler/icons-react'
import { useCommand } from '../../api/command.ts'
import { useReading } from '../../api/reading.ts'
import { formatDateTime, formatRelative } from '../../format/time.ts'
import {
  ProfileRevokeSessionDocument,
  ProfileSessionsDocument,
  type ProfileSessionsQuery,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useNow } from '../../lists/use-now.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { leaveRow, steady } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { ReadingPanel } from '../../ui/Panel.tsx'

const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

/** "Firefox on Windows", from the User-Agent header. */
function nameDevice(userAgent: string | null): string {
  if (!userAgent) return i18n.t('Unknown program')
  const browser = browsers.find(([mark]) => userAgent.includes(mark))?.[1]
  const system = systems.find(([mark]) => userAgent.includes(mark))?.[1]
  if (!browser) return userAgent.slice(0, 40)
  return system ? i18n.t('{browser} on {system}', { browser, system }) : browser
}

type Session = NonNullable<ProfileSessionsQuery['me']>['sessions'][number]

function SessionRow({ session, nowMs }: { session: Session; nowMs: number }) {
  const { run, isRunning, failure } = useCommand(ProfileRevokeSessionDocument)
  const device = nameDevice(session.userAgent)
  const revoke = async (button: HTMLElement) => {
    const leave = leaveRow(button)
    const { data } = await run({ sessionId: session.id })
    if (!data) return
    notifyDone(i18n.t('Session ended'), device)
    leave()
  }
  return (
    <li>
      <Group wrap="nowrap" gap={12}>
        <ThemeIcon
          variant="light"
          radius="xl"
          size={36}
          color={session.isCurrent ? 'iris' : 'gray'}
          aria-hidden="true"
        >
          <IconDeviceLaptop size={18} />
        </ThemeIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Group gap={8}>
            <Text size="sm" fw={580}>
              {device}
            </Text>
            {session.isCurrent && (
              <Badge size="sm" variant="light">
                {i18n.t('This one')}
              </Badge>
            )}
          </Group>
          <Text size="xs" c="dimmed" title={formatDateTime(session.createdAt)}>
            {i18n.t('Signed in {created}, last used {used}', {
              created: formatRelative(session.createdAt, nowMs),
              used: formatRelative(session.lastUsedAt, nowMs),
            })}
          </Text>
        </div>
        {!session.isCurrent && (
          <Button
            size="xs"
            variant="default"
            loading={isRunning}
            aria-label={i18n.t('End the session on {device}', { device })}
            renderRoot={steady}
            onClick={(event) => void revoke(event.currentTarget)}
          >
            {i18n.t('End')}
          </Button>
        )}
      </Group>
      {failure && <FailureNotice failure={failure} />}
    </li>
  )
}

export function SessionsPanel() {
  const reading = useReading(ProfileSessionsDocument, {})
  const nowMs = useNow()
  return (
    <ReadingPanel title={i18n.t('Sessions')} reading={reading} select={({ me }) => me?.sessions}>
      {(sessions) => (
        <Stack component="ul" gap={14} m={0} p={0} style={{ listStyle: 'none' }}>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} nowMs={nowMs} />
          ))}
        </Stack>
      )}
    </ReadingPanel>
  )
}
