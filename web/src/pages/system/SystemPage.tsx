import { Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { locale } from '../../format/locale.ts'
import { formatDateTime, formatRelative } from '../../format/time.ts'
import { SystemLedgerDocument, SystemMarketDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useNow } from '../../lists/use-now.ts'
import { Facts } from '../../ui/Facts.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { BudgetPanel } from './BudgetPanel.tsx'
import { FaultPanel } from './FaultPanel.tsx'
import { HealthPanel } from './HealthPanel.tsx'
import { StateBadge } from './StateBadge.tsx'
import { TracesPanel } from './TracesPanel.tsx'
import { priceSource } from './words.ts'

function LedgerPanel() {
  const reading = useReading(SystemLedgerDocument, {}, { everyMs: config.healthEveryMs })
  const nowMs = useNow()
  return (
    <ReadingPanel
      title={i18n.t('Ledger')}
      reading={reading}
      select={({ ledgerHealth }) => ledgerHealth}
      skeletonRows={6}
      height={{ base: 228, sm: 208 }}
    >
      {(ledger) => (
        <Stack gap="sm">
          <Group gap={8}>
            <StateBadge
              isFine={ledger.isBalanced}
              label={ledger.isBalanced ? i18n.t('Balanced') : i18n.t('Not balanced')}
            />
            {ledger.isReadOnly && <StateBadge isFine={false} label={i18n.t('Read-only')} />}
          </Group>
          <Facts
            facts={[
              [i18n.t('Accounts verified'), ledger.accounts.toLocaleString(locale)],
              [i18n.t('Journal entries verified'), ledger.entries.toLocaleString(locale)],
              [
                i18n.t('Last verification'),
                ledger.verifiedAt ? formatRelative(ledger.verifiedAt, nowMs) : i18n.t('not yet'),
              ],
            ]}
          />
          {ledger.assets.length > 0 && (
            <>
              <Text size="sm" c="dimmed">
                {i18n.t('What users own equals what came in minus what went out:')}
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
                      {' '}
                      {isBalanced ? i18n.t('balanced') : i18n.t('not balanced')}
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
    <ReadingPanel
      title={i18n.t('Market feed')}
      height={{ base: 115, sm: 115 }}
      reading={reading}
      select={({ market }) => market}
    >
      {({ feed, isOpen, tickedAt }) => (
        <Facts
          facts={[
            [i18n.t('Source'), priceSource(feed)],
            [
              i18n.t('Trading'),
              <StateBadge
                key="open"
                isFine={isOpen}
                label={
                  isOpen
                    ? i18n.t('Open (market)', undefined, { message: 'Open' })
                    : i18n.t('Prices too old')
                }
              />,
            ],
            [i18n.t('Last tick'), tickedAt ? formatDateTime(tickedAt) : i18n.t('none yet')],
          ]}
        />
      )}
    </ReadingPanel>
  )
}

export function SystemPage() {
  return (
    <>
      <PageHeading
        title={i18n.t('System')}
        hint={i18n.t('How the platform is doing, for everyone to see.')}
      />
      <div className="system-panels">
        <div>
          <HealthPanel />
          {/* Last, because it loads late and only some routers have it. */}
          <FaultPanel />
        </div>
        <div>
          <BudgetPanel />
          <LedgerPanel />
          <MarketPanel />
        </div>
      </div>
      <TracesPanel />
    </>
  )
}
