import { Badge, Grid, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatDateTime, formatRelative } from '../../format/time.ts'
import { SystemLedgerDocument, SystemMarketDocument } from '../../generated/graphql.ts'
import { useNow } from '../../lists/use-now.ts'
import { Facts } from '../../ui/Facts.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { type Check, useHealth } from './use-health.ts'

const good = ['healthy', 'ok', 'up', 'running', 'closed', 'connected', 'ready', 'true']

const isGood = (status: string): boolean => good.includes(status.toLowerCase())

function StateBadge({ isFine, label }: { isFine: boolean; label: string }) {
  return (
    <Badge
      variant="light"
      color={isFine ? 'gain' : 'loss'}
      className={isFine ? 'tone-gain' : 'tone-loss'}
    >
      {isFine ? '✓' : '!'} {label}
    </Badge>
  )
}

function CheckRow({ check: { name, status, details } }: { check: Check }) {
  return (
    <div className="fact">
      <dt>
        <Text size="sm" fw={580} c="var(--mantine-color-text)" component="span">
          {name}
        </Text>
        {details.length > 0 && (
          <Text size="xs" c="dimmed">
            {details.join(' · ')}
          </Text>
        )}
      </dt>
      <dd>
        <StateBadge isFine={isGood(status)} label={status} />
      </dd>
    </div>
  )
}

function HealthPanel() {
  const reading = useHealth()
  return (
    <ReadingPanel
      title="Services"
      reading={reading}
      select={(health) => health}
      skeletonRows={8}
      action={
        reading.data && (
          <StateBadge isFine={isGood(reading.data.status)} label={reading.data.status} />
        )
      }
    >
      {({ checks }) => (
        <dl style={{ margin: 0 }}>
          {checks.map((check) => (
            <CheckRow key={check.name} check={check} />
          ))}
        </dl>
      )}
    </ReadingPanel>
  )
}

function LedgerPanel() {
  const reading = useReading(SystemLedgerDocument, {}, { everyMs: config.healthEveryMs })
  const nowMs = useNow()
  return (
    <ReadingPanel
      title="Ledger"
      reading={reading}
      select={({ ledgerHealth }) => ledgerHealth}
      skeletonRows={6}
    >
      {(ledger) => (
        <Stack gap="sm">
          <Group gap={8}>
            <StateBadge
              isFine={ledger.isBalanced}
              label={ledger.isBalanced ? 'Balanced' : 'Not balanced'}
            />
            {ledger.isReadOnly && <StateBadge isFine={false} label="Read-only" />}
          </Group>
          <Facts
            facts={[
              ['Accounts verified', ledger.accounts.toLocaleString('en-US')],
              ['Journal entries verified', ledger.entries.toLocaleString('en-US')],
              [
                'Last verification',
                ledger.verifiedAt ? formatRelative(ledger.verifiedAt, nowMs) : 'not yet',
              ],
            ]}
          />
          {ledger.assets.length > 0 && (
            <>
              <Text size="sm" c="dimmed">
                What users own equals what came in minus what went out:
              </Text>
              <SimpleGrid cols={{ base: 3, sm: 5 }} spacing={6}>
                {ledger.assets.map(({ assetId, isBalanced }) => (
                  <Text
                    key={assetId}
                    size="xs"
                    fw={600}
                    className={isBalanced ? 'up' : 'down'}
                    component="span"
                  >
                    {isBalanced ? '✓' : '✗'} {assetId}
                    <span className="visually-hidden">
                      {isBalanced ? ' balanced' : ' not balanced'}
                    </span>
                  </Text>
                ))}
              </SimpleGrid>
            </>
          )}
        </Stack>
      )}
    </ReadingPanel>
  )
}

function MarketPanel() {
  const reading = useReading(SystemMarketDocument, {}, { everyMs: config.healthEveryMs })
  return (
    <ReadingPanel title="Market feed" reading={reading} select={({ market }) => market}>
      {({ feed, isOpen, tickedAt }) => (
        <Facts
          facts={[
            ['Source', feed],
            [
              'Trading',
              <StateBadge key="open" isFine={isOpen} label={isOpen ? 'Open' : 'Prices too old'} />,
            ],
            ['Last tick', tickedAt ? formatDateTime(tickedAt) : 'none yet'],
          ]}
        />
      )}
    </ReadingPanel>
  )
}

export function SystemPage() {
  return (
    <>
      <PageHeading title="System" hint="How the platform is doing, for everyone to see." />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <HealthPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <LedgerPanel />
            <MarketPanel />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}
