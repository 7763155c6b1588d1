import { addUsd, formatUsd, parseUsd, zeroUsd } from '@cnop/kit/money'
import { Button, Drawer, UnstyledButton } from '@mantine/core'
import { IconCoins } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatPrice, signOf } from '../../format/money.ts'
import { PortfolioAssetHistoryDocument } from '../../generated/graphql.ts'
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

function columnsOf(
  holdings: readonly ValuedHolding[],
  values: Pick<Values, 'assets' | 'profit'>,
  onOpen: (assetId: string) => void,
): readonly Column<ValuedHolding>[] {
  const decimals = decimalsIn(holdings)
  return [
    {
      header: 'Asset',
      isTitle: true,
      place: 'title',
      cell: ({ assetId, asset, quantity, averageCost }) => (
        <UnstyledButton onClick={() => onOpen(assetId)} className="plain-link">
          <AssetName
            id={assetId}
            name={asset?.name}
            detail={
              <>
                <Quantity value={quantity} unit={assetId} /> at {formatPrice(averageCost)}
              </>
            }
          />
          <span className="visually-hidden">: history</span>
        </UnstyledButton>
      ),
    },
    {
      header: 'Quantity',
      isRight: true,
      cell: ({ quantity, held }) => (
        <>
          <Quantity value={quantity} decimals={decimals.quantity} />
          {signOf(held) !== 0 && (
            <>
              <br />
              <small className="flat">
                <Quantity value={held} /> held
              </small>
            </>
          )}
        </>
      ),
    },
    {
      header: 'Average cost',
      isRight: true,
      cell: ({ averageCost }) => (
        <>
          <span className="numeric">{formatPrice(averageCost)}</span>
          <Decimals text={formatPrice(averageCost)} decimals={decimals.averageCost} />
        </>
      ),
    },
    {
      header: 'Price',
      isRight: true,
      cell: (holding) => <HeldPrice {...holding} decimals={decimals.price} />,
    },
    {
      header: 'Paid',
      isRight: true,
      cell: ({ costBasis }) => <Money value={costBasis} />,
      total: <Money value={sumOf(holdings.map(({ costBasis }) => costBasis))} />,
    },
    {
      header: 'Value',
      place: 'value',
      isRight: true,
      cell: ({ value }) => (value ? <Money value={value} /> : '–'),
      total: values.assets ? <Money value={values.assets} /> : '–',
    },
    {
      header: 'Last 24 hours',
      isRight: true,
      cell: ({ day, isFrozen }) =>
        day ? (
          <ValueChange {...day} />
        ) : (
          <span className="flat">{isFrozen ? 'left out' : '–'}</span>
        ),
    },
    {
      header: 'Profit if sold',
      place: 'note',
      isRight: true,
      cell: ({ profit }) => (profit ? <ValueChange {...profit} /> : '–'),
      total: values.profit ? <ValueChange {...values.profit} /> : '–',
    },
    {
      header: 'Trade',
      place: 'below',
      isRight: true,
      cell: ({ assetId }) => (
        <div className="row-actions">
          <Button
            component={Link}
            to={paths.tradeAsset(assetId, 'buy')}
            size="xs"
            variant="light"
            aria-label={`Buy ${assetId}`}
          >
            Buy
          </Button>
          <Button
            component={Link}
            to={paths.tradeAsset(assetId, 'sell')}
            size="xs"
            variant="default"
            aria-label={`Sell ${assetId}`}
          >
            Sell
          </Button>
        </div>
      ),
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
      title="Everything that touched it"
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
        title="Holdings"
        isFlush
        skeletonRows={6}
        reading={reading}
        select={({ holdings }) => holdings}
        action={owned.length > 0 && <HoldingsFeed holdings={owned} feed={feed} />}
      >
        {(holdings) =>
          holdings.length > 0 ? (
            <GridTable
              label="Holdings"
              columns={columnsOf(holdings, reading.data ?? unknown, setOpened)}
              rows={holdings}
              rowKey={({ assetId }) => assetId}
            />
          ) : (
            <EmptyState
              icon={IconCoins}
              title="You own no assets yet"
              action={
                <Button component={Link} to={paths.market} variant="light">
                  Browse the market
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
        title={`${opened ?? ''} history`}
        size="md"
      >
        {opened && <AssetHistory key={opened} assetId={opened} />}
      </Drawer>
    </>
  )
}
