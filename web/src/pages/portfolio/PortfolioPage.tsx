import { Grid, SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { PortfolioAllocationDocument, PortfolioValueDocument } from '../../generated/graphql.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { Money } from '../../ui/Money.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { HoldingsTable } from './HoldingsTable.tsx'

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
  const reading = useReading(PortfolioValueDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel title="Value" reading={reading} select={({ me }) => me?.portfolio}>
      {({ totalValue, assetsValue, cash, dayChange }) => (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="lg">
          <Figure label="Total">{totalValue ? <Money value={totalValue} /> : '–'}</Figure>
          <Figure label="Assets">{assetsValue ? <Money value={assetsValue} /> : '–'}</Figure>
          <Figure label="Cash">
            <Money value={cash.posted} />
          </Figure>
          <Figure label="Last 24 hours">{dayChange ? <ValueChange {...dayChange} /> : '–'}</Figure>
        </SimpleGrid>
      )}
    </ReadingPanel>
  )
}

function AllocationPanel() {
  const reading = useReading(PortfolioAllocationDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title="Allocation"
      reading={reading}
      select={({ me }) => me?.portfolio.allocation}
      skeletonRows={5}
    >
      {(slices) =>
        slices.some(({ percent }) => percent > 0) ? (
          <LazyAllocationChart slices={slices} />
        ) : (
          <Text size="sm" c="dimmed">
            Nothing to divide yet.
          </Text>
        )
      }
    </ReadingPanel>
  )
}

export function PortfolioPage() {
  return (
    <>
      <PageHeading
        title="Portfolio"
        hint="What you own, what you paid for it and what it is worth now."
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <ValuePanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <AllocationPanel />
        </Grid.Col>
        <Grid.Col span={12}>
          <HoldingsTable />
        </Grid.Col>
      </Grid>
    </>
  )
}
