import { Grid, Stack, Text } from '@mantine/core'
import { useReading } from '../../api/reading.ts'
import { formatDate } from '../../format/time.ts'
import { ProfileUserDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { LanguageChoice } from '../../ui/LanguageChoice.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'
import { PasswordPanel } from './PasswordPanel.tsx'
import { PersonalForm } from './PersonalForm.tsx'
import { SessionsPanel } from './SessionsPanel.tsx'

/** A guest was given no password, which nobody can state to change it. */
function NoPassword() {
  return (
    <Panel title={i18n.t('Password')}>
      <Text size="sm">
        {i18n.t(
          'A demo account has no password. It ends with its session: after a sign-out it cannot be reached again.',
        )}
      </Text>
    </Panel>
  )
}

const hintOf = ({ username, createdAt }: { username: string; createdAt: string }): string =>
  i18n.t('{username} · with us since {date}', { username, date: formatDate(createdAt) })

export function ProfilePage() {
  const reading = useReading(ProfileUserDocument, {})
  const user = reading.data?.me
  return (
    <>
      <PageHeading title={i18n.t('Profile')} hint={user ? hintOf(user) : '\u00a0'} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ReadingPanel
            title={i18n.t('Personal data')}
            reading={reading}
            select={({ me }) => me}
            skeletonRows={8}
            height={{ base: 618, sm: 414 }}
          >
            {(me) => <PersonalForm key={me.username} user={me} />}
          </ReadingPanel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            {user?.isGuest ? <NoPassword /> : <PasswordPanel username={user?.username ?? ''} />}
            <Panel title={i18n.t('Language')}>
              <LanguageChoice />
            </Panel>
            <SessionsPanel />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}
