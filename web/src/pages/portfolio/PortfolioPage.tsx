import { Grid, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { PortfolioAlertPanel } from '../../alerts/PortfolioAlertPanel.tsx'
import { i18n } from '../../i18n.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { Money } from '../../ui/Money.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { FrozenNote } from '../../values/FrozenPrice.tsx'
import { useValues, ValuesProvider } from '../../values/ValuesProvider.tsx'
import { AllocationPanel } from './AllocationPanel.tsx'
import { GainsPanel } from './GainsPanel.tsx'
import { HoldingsTable } from './HoldingsTable.tsx'
import { LotsPanel } from './LotsPanel.tsx'
import { PerformancePanel } from './PerformancePanel.tsx'

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text className="figure" fz={22} component="div">
        {children}
      </Text>
    </div>
  )
}

function ValuePanel() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title={i18n.t('Value')}
      skeletonRows={2}
      className="portfolio-value"
      height={{ base: 202, sm: 177, md: 136, lg: 177 }}
      reading={reading}
      select={(values) => values}
    >
      {({ total, assets, cash, day, profit, excluded }) => (
        <>
          <SimpleGrid cols={{ base: 2, md: 3, lg: 2 }} spacing="lg">
            <Figure label={i18n.t('Total')}>{total ? <Money value={total} /> : '–'}</Figure>
            <Figure label={i18n.t('Assets')}>{assets ? <Money value={assets} /> : '–'}</Figure>
            <Figure label={i18n.t('Cash')}>
              <Money value={cash.posted} />
            </Figure>
            <Figure label={i18n.t('Held by open orders')}>
              <Money value={cash.held} />
            </Figure>
            <Figure label={i18n.t('Last 24 hours')}>{day ? <ValueChange {...day} /> : '–'}</Figure>
            <Figure label={i18n.t('Profit if sold')}>
              {profit ? <ValueChange {...profit} /> : '–'}
            </Figure>
          </SimpleGrid>
          <FrozenNote assetIds={excluded} />
        </>
      )}
    </ReadingPanel>
  )
}

export function PortfolioPage() {
  return (
    <ValuesProvider>
      <PageHeading
        title={i18n.t('Portfolio')}
        hint={i18n.t('What you own, what you paid for it and what it is worth now.')}
      />
      <Grid gap="md" classNames={{ inner: 'in-order' }}>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <ValuePanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <AllocationPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <HoldingsTable />
        </Grid.Col>
        <Grid.Col span={12}>
          <PerformancePanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <GainsPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <LotsPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <PortfolioAlertPanel />
        </Grid.Col>
      </Grid>
    </ValuesProvider>
  )
}
