import { Trans } from '@lingui/react'
import { Button, Container, Group, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconArrowRight, IconBolt, IconFileCertificate, IconSparkles } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { useSessionState } from '../../api/SessionProvider.tsx'
import { config } from '../../config.ts'
import { LandingAssetsDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { assetColumnsOf } from '../../lists/asset-columns.tsx'
import { paths } from '../../paths.ts'
import { ThemeButton } from '../../shell/ThemeButton.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { LanguageChoice } from '../../ui/LanguageChoice.tsx'
import { Wordmark } from '../../ui/Logo.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { TryDemo } from '../../ui/TryDemo.tsx'

const reasons = [
  {
    icon: IconBolt,
    title: i18n.t('Exactly once'),
    text: i18n.t(
      'Every order and every deposit carries its own key. Lose the connection, press again: it never happens twice.',
    ),
  },
  {
    icon: IconFileCertificate,
    title: i18n.t('A ledger you can check'),
    text: i18n.t(
      'Balances are sums of hash-chained journal entries, verified all the time, for everyone to see.',
    ),
  },
  {
    icon: IconSparkles,
    title: i18n.t('Insight, not noise'),
    text: i18n.t(
      'Your portfolio is read for what stands out: concentration, idle cash, drawdowns. In plain sentences.',
    ),
  },
] as const

function TopAssets() {
  const reading = useReading(LandingAssetsDocument, {})
  const ids = reading.data?.assets.nodes.map(({ id }) => id) ?? []
  const feed = useLivePrices(ids)
  return (
    <ReadingPanel
      title={i18n.t('Top assets')}
      className="top-assets"
      isFlush
      skeletonRows={8}
      reading={reading}
      select={({ assets }) => assets}
      action={<FeedBadge state={feed} />}
    >
      {({ nodes, totalCount }) => (
        <>
          <GridTable
            label={i18n.t('Top assets')}
            columns={assetColumnsOf(nodes)}
            rows={nodes}
            rowKey={({ id }) => id}
          />
          <Group justify="center" py={10}>
            <Button
              component={Link}
              to={paths.market}
              variant="subtle"
              size="sm"
              rightSection={<IconArrowRight size={15} />}
            >
              {i18n.t('See all {count} assets', { count: totalCount })}
            </Button>
          </Group>
        </>
      )}
    </ReadingPanel>
  )
}

function Hero({ isSignedIn }: { isSignedIn: boolean }) {
  return (
    <Stack gap={26}>
      <Title order={1} className="headline">
        <Trans id="Trade with money that <0>always adds up</0>." components={{ 0: <em /> }} />
      </Title>
      <Text fz={18} c="dimmed" maw={520}>
        {i18n.t(
          '{name} is a federated trading platform: live prices, market and limit orders, and a ledger in which not a single cent can get lost.',
          { name: config.productName },
        )}
      </Text>
      <Group>
        <Button
          component={Link}
          to={isSignedIn ? paths.dashboard : paths.signUp}
          size="lg"
          rightSection={<IconArrowRight size={18} />}
        >
          {isSignedIn ? i18n.t('Go to your dashboard') : i18n.t('Open an account')}
        </Button>
        {!isSignedIn && <TryDemo size="lg" variant="light" />}
        <Button component={Link} to={paths.market} size="lg" variant="default">
          {i18n.t('See the market')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {i18n.t(
          'Every order shows what it costs before you place it. Prices and money are simulated.',
        )}
      </Text>
    </Stack>
  )
}

export function LandingPage() {
  const { status } = useSessionState()
  // A user stays signed in while the session resumes and during an outage of the account service.
  const isSignedIn = status !== 'anonymous'
  return (
    <div className="landing">
      <title>
        {i18n.t('{name} · Trade with money that adds up', { name: config.productName })}
      </title>
      <Container size={1240} component="header">
        <Group justify="space-between" py={20}>
          <span className="wordmark">
            <Wordmark />
          </span>
          <Group gap={8}>
            <LanguageChoice />
            <ThemeButton />
            {!isSignedIn && (
              <Button component={Link} to={paths.signIn} variant="default">
                {i18n.t('Sign in')}
              </Button>
            )}
          </Group>
        </Group>
      </Container>
      <Container size={1240} component="main" id="main" pb={64}>
        <SimpleGrid
          cols={{ base: 1, lg: 2 }}
          spacing={56}
          pt={{ base: 20, lg: 52 }}
          style={{ alignItems: 'center' }}
        >
          <Hero isSignedIn={isSignedIn} />
          <TopAssets />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg" mt={72}>
          {reasons.map(({ icon: Icon, title, text }) => (
            <section className="panel" key={title} style={{ padding: 24 }}>
              <ThemeIcon variant="light" size={42} radius="md" aria-hidden="true">
                <Icon size={22} stroke={1.7} />
              </ThemeIcon>
              <Title order={2} fz={17} mt={14}>
                {title}
              </Title>
              <Text c="dimmed" size="sm" mt={6}>
                {text}
              </Text>
            </section>
          ))}
        </SimpleGrid>
      </Container>
    </div>
  )
}
