import { Trans } from '@lingui/react'
import { Grid, Group, Progress, Stack, Text } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatZonedDateTime } from '../../format/time.ts'
import { AccountCashDocument, AccountMovementsDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { ActivityList } from '../../lists/ActivityList.tsx'
import { useNow } from '../../lists/use-now.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Money } from '../../ui/Money.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { CashForm } from './CashForm.tsx'
import { NotificationChoices } from './NotificationChoices.tsx'

function AllowanceBar({ label, left, limit }: { label: string; left: string; limit: string }) {
  const share = Number(limit) > 0 ? (Number(left) / Number(limit)) * 100 : 0
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm">{label}</Text>
        <Text size="sm" c="dimmed" component="span">
          <Trans
            id="{left} of {limit}"
            values={{ left: <Money value={left} />, limit: <Money value={limit} /> }}
          />
        </Text>
      </Group>
      <Progress
        value={share}
        size={6}
        aria-label={i18n.t('{label}: share of today’s limit that is left', { label })}
      />
    </div>
  )
}

function Movements() {
  const reading = useReading(AccountMovementsDocument, {}, { everyMs: config.valuesEveryMs })
  const nowMs = useNow()
  return (
    <ReadingPanel
      title={i18n.t('Latest movements')}
      reading={reading}
      select={({ me }) => me?.portfolio.activity}
      skeletonRows={6}
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <ActivityList entries={nodes} nowMs={nowMs} />
        ) : (
          <EmptyState icon={IconReceipt} title={i18n.t('No cash has moved yet')}>
            {i18n.t('Make your first deposit to start trading.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}

export function AccountPage() {
  const reading = useReading(AccountCashDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <>
      <PageHeading
        title={i18n.t('Account')}
        hint={i18n.t('Pay cash in and out. The money is simulated; the bookkeeping is not.')}
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <ReadingPanel
              title={i18n.t('Cash')}
              reading={reading}
              select={({ me }) => me?.portfolio}
              skeletonRows={5}
              height={{ base: 221, sm: 113 }}
            >
              {({ cash, allowance }) => (
                <Group align="start" gap="16px 32px">
                  <div>
                    <Text className="figure" fz={34} component="div">
                      <Money value={cash.available} />
                    </Text>
                    <Text size="sm" c="dimmed" component="div">
                      <Trans
                        id="available · {held} held by open orders"
                        values={{ held: <Money value={cash.held} /> }}
                      />
                    </Text>
                  </div>
                  <Stack gap="md" flex="1 1 300px">
                    <AllowanceBar
                      label={i18n.t('Deposits left today')}
                      left={allowance.depositLeft}
                      limit={allowance.depositLimit}
                    />
                    <AllowanceBar
                      label={i18n.t('Withdrawals left today')}
                      left={allowance.withdrawLeft}
                      limit={allowance.withdrawLimit}
                    />
                    <Text size="xs" c="dimmed">
                      {i18n.t('Both start anew on {time}.', {
                        time: formatZonedDateTime(allowance.resetsAt),
                      })}
                    </Text>
                  </Stack>
                </Group>
              )}
            </ReadingPanel>
            <CashForm portfolio={reading.data?.me?.portfolio} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <Movements />
            <NotificationChoices />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}
