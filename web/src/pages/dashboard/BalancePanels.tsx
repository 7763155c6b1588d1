import { Progress, SimpleGrid, Stack, Text } from '@mantine/core'
import { memo } from 'react'
import { i18n } from '../../i18n.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { Facts } from '../../ui/Facts.tsx'
import { Money } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { FrozenNote } from '../../values/FrozenPrice.tsx'
import type { Values } from '../../values/values.ts'
import { useValues } from '../../values/ValuesProvider.tsx'
import { HeroFigure } from './HeroFigure.tsx'
import { HeroReturns } from './HeroReturns.tsx'

/** The total; null when a price is missing, in which case the panel shows the reason. */
export function ValuePanel() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title={i18n.t('Total value')}
      height={{ base: 298, sm: 181, md: 211, lg: 181 }}
      className={reading.data?.total ? 'hero-panel' : ''}
      reading={reading}
      select={(values) => (values.total === null ? null : { ...values, total: values.total })}
    >
      {({ total, assets, day, profit, excluded }) => (
        <Stack gap={18}>
          <Text className="figure" fz={{ base: 34, sm: 42 }} component="div">
            <Money value={total} />
          </Text>
          <SimpleGrid cols={{ base: 2, xs: 3 }} maw={720}>
            <HeroFigure label={i18n.t('Assets')}>
              {assets ? <Money value={assets} /> : '–'}
            </HeroFigure>
            <HeroFigure label={i18n.t('Last 24 hours')}>
              {day ? <ValueChange {...day} /> : '–'}
            </HeroFigure>
            <HeroFigure label={i18n.t('Profit if sold')}>
              {profit ? <ValueChange {...profit} /> : '–'}
            </HeroFigure>
            <HeroReturns />
          </SimpleGrid>
          <FrozenNote assetIds={excluded} />
        </Stack>
      )}
    </ReadingPanel>
  )
}

/** The percentage that can be spent, rounded, for the bar only. */
function availableShare(available: string, posted: string): number {
  const whole = Number(posted)
  return whole > 0 ? (Number(available) / whole) * 100 : 0
}

/** No tick changes it. */
const CashFigures = memo(function CashFigures({ cash }: Pick<Values, 'cash'>) {
  const { available, held, posted } = cash
  return (
    <Stack gap={12}>
      <div>
        <Text size="sm" c="dimmed">
          {i18n.t('Available')}
        </Text>
        <Text className="figure" fz={28} component="div">
          <Money value={available} />
        </Text>
      </div>
      <Progress
        value={availableShare(available, posted)}
        size={6}
        aria-label={i18n.t('Share of the cash that is available')}
      />
      <Facts
        facts={[
          [i18n.t('Held by open orders'), <Money key="held" value={held} />],
          [i18n.t('In all'), <Money key="all" value={posted} />],
        ]}
      />
    </Stack>
  )
})

export function CashPanel() {
  const { reading } = useValues()
  // Cash needs no prices, so missing prices are no failure here.
  const failure =
    reading.data && reading.failure?.service === 'inventory' ? undefined : reading.failure
  return (
    <ReadingPanel
      title={i18n.t('Cash')}
      height={{ base: 158, sm: 158 }}
      reading={{ ...reading, failure }}
      select={({ cash }) => cash}
    >
      {(cash) => <CashFigures cash={cash} />}
    </ReadingPanel>
  )
}
