import { Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { DashboardCashDocument, DashboardValueDocument } from '../../generated/graphql.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { Money } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" className="hero-dim">
        {label}
      </Text>
      <Text fz={19} fw={620} component="div">
        {children}
      </Text>
    </div>
  )
}

/** The total; null when a price is missing, and then the panel says why. */
export function ValuePanel() {
  const reading = useReading(DashboardValueDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title="Total value"
      className={reading.data?.me?.portfolio.totalValue ? 'hero-panel' : ''}
      reading={reading}
      select={({ me }) =>
        me && me.portfolio.totalValue !== null
          ? { ...me.portfolio, totalValue: me.portfolio.totalValue }
          : null
      }
    >
      {({ totalValue, assetsValue, dayChange }) => (
        <Stack gap={18}>
          <Text className="figure" fz={{ base: 34, sm: 42 }} component="div">
            <Money value={totalValue} />
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} maw={480}>
            <Labelled label="Assets">{assetsValue ? <Money value={assetsValue} /> : '–'}</Labelled>
            <Labelled label="Last 24 hours">
              {dayChange ? <ValueChange {...dayChange} /> : '–'}
            </Labelled>
          </SimpleGrid>
        </Stack>
      )}
    </ReadingPanel>
  )
}

/** The share that can be spent, in whole per cent, for the bar alone. */
function availableShare(available: string, posted: string): number {
  const whole = Number(posted)
  return whole > 0 ? (Number(available) / whole) * 100 : 100
}

export function CashPanel() {
  const reading = useReading(DashboardCashDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel title="Cash" reading={reading} select={({ me }) => me?.portfolio.cash}>
      {({ available, held, posted }) => (
        <Stack gap={12}>
          <div>
            <Text size="sm" c="dimmed">
              Available
            </Text>
            <Text className="figure" fz={28} component="div">
              <Money value={available} />
            </Text>
          </div>
          <Progress
            value={availableShare(available, posted)}
            size={6}
            aria-label="Share of the cash that is available"
          />
          <Group justify="space-between">
            <Text size="sm" c="dimmed" component="span">
              Held by orders <Money value={held} />
            </Text>
            <Text size="sm" c="dimmed" component="span">
              In all <Money value={posted} />
            </Text>
          </Group>
        </Stack>
      )}
    </ReadingPanel>
  )
}
