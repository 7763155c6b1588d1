import { Button, Grid, Group, Text } from '@mantine/core'
import { IconArrowsExchange, IconPlus, IconChartDonut } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useUsername } from '../../api/SessionProvider.tsx'
import { paths } from '../../paths.ts'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ValuesProvider, useValues } from '../../values/ValuesProvider.tsx'
import { CashPanel, ValuePanel } from './BalancePanels.tsx'
import { EquityPanel } from './EquityPanel.tsx'
import { HoldingsPanel } from './HoldingsPanel.tsx'
import { InsightPanel } from './InsightPanel.tsx'
import { OpenOrdersPanel, RecentActivityPanel } from './MovementPanels.tsx'
import { WatchlistPanel } from './WatchlistPanel.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { Suspense, useState } from 'react'
import { lazily } from '../../api/lazily.ts'
import { config } from '../../config.ts'

/**
 * Portfolio and values are read once for all panels that show them. Every other panel has a separate query, so that a
 * service that is down affects one panel only.
 */
export function DashboardPage() {
  const username = useUsername()
  return (
    <ValuesProvider>
      <PageHeading
        title="Dashboard"
        hint={`Welcome, ${username}.`}
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

function AllocationPanel() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title="Allocation"
      reading={reading}
      select={({ slices }) => slices}
      skeletonRows={5}
    >
      {(slices) =>
        slices.length > 0 ? (
          <LazyAllocationChart slices={slices} />
        ) : (
          <EmptyState icon={IconChartDonut} title="Nothing to divide yet">
            Deposit cash and buy an asset to see how your money is spread.
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}

const RedPocketModal = lazily(async () => (await import('./RedPocketModal.tsx')).RedPocketModal)

/** The dashboard's footer with its red pocket. */
function RedPocketFooter() {
  const [opening, setOpening] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const open = () => {
    setOpening(opening + 1)
    setOpen(true)
  }
  return (
    <Group component="footer" justify="space-between" mt="xl" pt="sm">
      <Text size="xs" c="dimmed">
        {config.productName} · prices and money are simulated
      </Text>
      <button
        type="button"
        className="red-button"
        aria-label="Red pocket"
        title="恭喜发财"
        onClick={open}
      >
        <span aria-hidden="true">🧧</span>
      </button>
      {opening > 0 && (
        <Suspense>
          <RedPocketModal key={opening} isOpen={isOpen} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Group>
  )
}
