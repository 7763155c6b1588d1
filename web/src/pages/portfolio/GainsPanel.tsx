import { Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { locale } from '../../format/locale.ts'
import { formatQuantity } from '../../format/money.ts'
import {
  PortfolioGainsDocument,
  type PortfolioGainsQuery,
  PortfolioLotsDocument,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { roomForAll } from '../../ui/Decimals.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { Money, MoneyChange, Quantity } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { ReportButtons } from '../../ui/ReportButtons.tsx'

type Gains = NonNullable<PortfolioGainsQuery['me']>['portfolio']['realisedGains']

/** What one asset gained, or, without an asset, all of them. */
type Row = Pick<Gains, 'sales' | 'proceeds' | 'fee' | 'basis' | 'gain'> & {
  readonly assetId?: string
  readonly quantity?: string
}

function columnsOf({ assets }: Gains): readonly Column<Row>[] {
  const decimals = roomForAll(assets.map(({ quantity }) => formatQuantity(quantity)))
  return [
    {
      header: i18n.t('Asset'),
      isTitle: true,
      cell: ({ assetId }) =>
        assetId === undefined ? (
          <strong>{i18n.t('All assets')}</strong>
        ) : (
          <AssetName id={assetId} />
        ),
    },
    {
      header: i18n.t('Sales'),
      isRight: true,
      cell: ({ sales }) => <span className="numeric">{sales.toLocaleString(locale)}</span>,
    },
    {
      header: i18n.t('Quantity'),
      isRight: true,
      cell: ({ quantity }) =>
        quantity === undefined ? '–' : <Quantity value={quantity} decimals={decimals} />,
    },
    {
      header: i18n.t('Proceeds'),
      isRight: true,
      cell: ({ proceeds }) => <Money value={proceeds} />,
    },
    { header: i18n.t('Fees'), isRight: true, cell: ({ fee }) => <Money value={fee} /> },
    { header: i18n.t('Paid'), isRight: true, cell: ({ basis }) => <Money value={basis} /> },
    { header: i18n.t('Gain'), isRight: true, cell: ({ gain }) => <MoneyChange value={gain} /> },
  ]
}

/** The UTC years of the account, the newest first. */
function yearsOf(createdAt: string | undefined): readonly string[] {
  const now = new Date().getUTCFullYear()
  const first = createdAt === undefined ? now : new Date(createdAt).getUTCFullYear()
  return Array.from({ length: Math.max(1, now - first + 1) }, (_, back) => String(now - back))
}

/** What the sales of a UTC year gained, in all and by asset. */
export function GainsPanel() {
  const [year, setYear] = useState(() => new Date().getUTCFullYear())
  const account = useReading(PortfolioLotsDocument, {})
  const reading = useReading(PortfolioGainsDocument, { year }, { everyMs: config.newsEveryMs })
  return (
    <ReadingPanel
      title={i18n.t('Realised gains')}
      isFlush
      reading={reading}
      skeletonRows={2}
      select={({ me }) => me?.portfolio.realisedGains}
      action={
        <Group gap="xs" wrap="nowrap">
          <NativeSelect
            size="xs"
            miw={84}
            aria-label={i18n.t('Year of the gains')}
            value={String(year)}
            onChange={({ currentTarget }) => setYear(Number(currentTarget.value))}
            data={[...yearsOf(account.data?.me?.createdAt)]}
          />
          <ReportButtons
            report="gains"
            period={{ year: String(year) }}
            label={i18n.t('the sales of {year}', { year: String(year) })}
          />
        </Group>
      }
    >
      {(gains) =>
        gains.sales === 0 ? (
          <Text size="sm" c="dimmed" px={16} pb={14}>
            {i18n.t('No realised gain or loss in {year}.', { year: String(year) })}
          </Text>
        ) : (
          <>
            <GridTable<Row>
              label={i18n.t('Realised gains of {year}', { year: String(year) })}
              columns={columnsOf(gains)}
              rows={[...gains.assets, gains]}
              rowKey={({ assetId = '' }) => assetId}
            />
            <Text size="xs" c="dimmed" px={16} py={12}>
              {i18n.t(
                'Gain is the proceeds less the fees, less what you paid for what was sold. A year begins and ends at midnight UTC.',
              )}
            </Text>
          </>
        )
      }
    </ReadingPanel>
  )
}
