import { addUsd, formatUsd, parseUsd, zeroUsd } from '@cnop/kit/money'
import { Trans } from '@lingui/react'
import { Button, Drawer, UnstyledButton } from '@mantine/core'
import { IconCoins } from '@tabler/icons-react'
import { memo, useState } from 'react'
import { Link } from 'react-router'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatPrice, signOf } from '../../format/money.ts'
import { PortfolioAssetHistoryDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { ActivityList } from '../../lists/ActivityList.tsx'
import { useNow } from '../../lists/use-now.ts'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { ValueChange } from '../../ui/Change.tsx'
import { Decimals } from '../../ui/Decimals.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { useFocusReturn } from '../../ui/focus.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { decimalsIn, HeldPrice, HoldingsFeed } from '../../values/FrozenPrice.tsx'
import type { ValuedHolding, Values } from '../../values/values.ts'
import { useValues } from '../../values/ValuesProvider.tsx'

const sumOf = (amounts: readonly string[]): string =>
  formatUsd(amounts.map((amount) => parseUsd(amount)).reduce(addUsd, zeroUsd))

const unknown = { assets: null, profit: null }

type HeldAssetProps = Pick<ValuedHolding, 'assetId' | 'quantity' | 'averageCost'> & {
  readonly name: string | undefined
  readonly onOpen: (assetId: string) => void
}

/** No tick changes it, nor the buttons of its row. */
const HeldAsset = memo(function HeldAsset(props: HeldAssetProps) {
  const { assetId, name, quantity, averageCost, onOpen } = props
  return (
    <UnstyledButton onClick={() => onOpen(assetId)} className="plain-link">
      <AssetName
        id={assetId}
        name={name}
        detail={
          <Trans
            id="<0/> at {price}"
            values={{ price: formatPrice(averageCost) }}
            components={{ 0: <Quantity value={quantity} unit={assetId} /> }}
          />
        }
      />
      <span className="visually-hidden">{i18n.t(': history')}</span>
    </UnstyledButton>
  )
})

const TradeButtons = memo(function TradeButtons({ assetId }: { assetId: string }) {
  return (
    <div className="row-actions">
      <Button
        component={Link}
        to={paths.tradeAsset(assetId, 'buy')}
        size="xs"
        variant="light"
        aria-label={i18n.t('Buy {asset}', { asset: assetId })}
      >
        {i18n.t('Buy')}
      </Button>
      <Button
        component={Link}
        to={paths.tradeAsset(assetId, 'sell')}
        size="xs"
        variant="default"
        aria-label={i18n.t('Sell {asset}', { asset: assetId })}
      >
        {i18n.t('Sell')}
      </Button>
    </div>
  )
})

function columnsOf(
  holdings: readonly ValuedHolding[],
  values: Pick<Values, 'assets' | 'profit'>,
  onOpen: (assetId: string) => void,
): readonly Column<ValuedHolding>[] {
  const decimals = decimalsIn(holdings)
  return [
    {
      header: i18n.t('Asset'),
      isTitle: true,
      place: 'title',
      cell: ({ assetId, asset, quantity, averageCost }) => (
        <HeldAsset {...{ assetId, quantity, averageCost, onOpen }} name={asset?.name} />
      ),
    },
    {
      header: i18n.t('Quantity'),
      isRight: true,
      cell: ({ quantity, held }) => (
        <>
          <Quantity value={quantity} decimals={decimals.quantity} />
          {signOf(held) !== 0 && (
            <>
              <br />
              <small className="flat">
                <Trans id="<0/> held" components={{ 0: <Quantity value={held} /> }} />
              </small>
            </>
          )}
        </>
      ),
    },
    {
      header: i18n.t('Average cost'),
      isRight: true,
      cell: ({ averageCost }) => (
        <>
          <span className="numeric">{formatPrice(averageCost)}</span>
          <Decimals text={formatPrice(averageCost)} decimals={decimals.averageCost} />
        </>
      ),
    },
    {
      header: i18n.t('Price'),
      isRight: true,
      cell: (holding) => <HeldPrice {...holding} decimals={decimals.price} />,
    },
    {
      header: i18n.t('Paid'),
      isRight: true,
      cell: ({ costBasis }) => <Money value={costBasis} />,
      total: <Money value={sumOf(holdings.map(({ costBasis }) => costBasis))} />,
    },
    {
      header: i18n.t('Value'),
      place: 'value',
      isRight: true,
      cell: ({ value }) => (value ? <Money value={value} /> : '–'),
      total: values.assets ? <Money value={values.assets} /> : '–',
    },
    {
      header: i18n.t('Last 24 hours'),
      isRight: true,
      cell: ({ day, isFrozen }) =>
        day ? (
          <ValueChange {...day} />
        ) : (
          <span className="flat">{isFrozen ? i18n.t('left out') : '–'}</span>
        ),
    },
    {
      header: i18n.t('Profit if sold'),
      place: 'note',
      isRight: true,
      cell: ({ profit }) => (profit ? <ValueChange {...profit} /> : '–'),
      total: values.profit ? <ValueChange {...values.profit} /> : '–',
    },
    {
      header: i18n.t('Trade'),
      place: 'below',
      isRight: true,
      cell: ({ assetId }) => <TradeButtons assetId={assetId} />,
    },
  ]
}

function AssetHistory({ assetId }: { assetId: string }) {
  const reading = useReading(
    PortfolioAssetHistoryDocument,
    { assetId },
    { everyMs: config.valuesEveryMs },
  )
  const nowMs = useNow()
  return (
    <ReadingPanel
      title={i18n.t('Everything that touched it')}
      reading={reading}
      select={({ me }) => me?.portfolio.activity}
      skeletonRows={6}
    >
      {({ nodes }) => <ActivityList entries={nodes} nowMs={nowMs} />}
    </ReadingPanel>
  )
}

export function HoldingsTable() {
  const [opened, setOpened] = useState<string>()
  useFocusReturn(opened !== undefined)
  const { reading, feed } = useValues()
  const owned = reading.data?.holdings ?? []
  return (
    <>
      <ReadingPanel
        title={i18n.t('Holdings')}
        isFlush
        skeletonRows={6}
        reading={reading}
        select={({ holdings }) => holdings}
        action={owned.length > 0 && <HoldingsFeed holdings={owned} feed={feed} />}
      >
        {(holdings) =>
          holdings.length > 0 ? (
            <GridTable
              label={i18n.t('Holdings')}
              columns={columnsOf(holdings, reading.data ?? unknown, setOpened)}
              rows={holdings}
              rowKey={({ assetId }) => assetId}
            />
          ) : (
            <EmptyState
              icon={IconCoins}
              title={i18n.t('You own no assets yet')}
              action={
                <Button component={Link} to={paths.market} variant="light">
                  {i18n.t('Browse the market')}
                </Button>
              }
            />
          )
        }
      </ReadingPanel>
      <Drawer
        opened={opened !== undefined}
        onClose={() => setOpened(undefined)}
        position="right"
        title={i18n.t('{asset} history', { asset: opened ?? '' })}
        size="md"
      >
        {opened && <AssetHistory key={opened} assetId={opened} />}
      </Drawer>
    </>
  )
}
