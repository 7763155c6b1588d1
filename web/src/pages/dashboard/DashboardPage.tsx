import { Button, Grid, Group } from '@mantine/core'
import { IconArrowsExchange, IconPlus } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useUsername } from '../../api/SessionProvider.tsx'
import { paths } from '../../paths.ts'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ValuesProvider } from '../../values/ValuesProvider.tsx'
import { AllocationPanel } from './AllocationPanel.tsx'
import { CashPanel, ValuePanel } from './BalancePanels.tsx'
import { EquityPanel } from './EquityPanel.tsx'
import { HoldingsPanel } from './HoldingsPanel.tsx'
import { InsightPanel } from './InsightPanel.tsx'
import { OpenOrdersPanel, RecentActivityPanel } from './MovementPanels.tsx'
import { RedPocketFooter } from './RedPocketFooter.tsx'
import { WatchlistPanel } from './WatchlistPanel.tsx'

/**
 * What is owned and worth is read once for all panels that show it; every other panel has a query of its own, so that
 * one whose service is down fails alone.
 */
export function DashboardPage() {
  const username = useUsername()
  return (
    <ValuesProvider>
      <PageHeading
        title="Dashboard"
        hint={`Welcome back, ${username}.`}
        action={
          <Group gap={8}>
            <Button
              component={Link}
              to={paths.account}
              variant="default"
              leftSection={<IconPlus size={16} />}
            >
              Deposit
            </Button>
            <Button
              component={Link}
              to={paths.trade}
              leftSection={<IconArrowsExchange size={16} />}
            >
              Trade
            </Button>
          </Group>
        }
      />
      <Grid gap="md" align="stretch">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <ValuePanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <CashPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <EquityPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <InsightPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <AllocationPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <HoldingsPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <RecentActivityPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <WatchlistPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <OpenOrdersPanel />
        </Grid.Col>
      </Grid>
      <RedPocketFooter />
    </ValuesProvider>
  )
}
