import { Grid, Group, Select, Skeleton, Stack, Text } from '@mantine/core'
import { IconClockHour4, IconReceipt } from '@tabler/icons-react'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { useSearchParams } from 'react-router'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import {
  type OrderSide,
  TicketAssetsDocument,
  type TicketAssetsQuery,
  TradeFillsDocument,
  TradeOpenOrdersDocument,
} from '../../generated/graphql.ts'
import { fillColumns } from '../../lists/fills.tsx'
import { LivePrice } from '../../lists/LivePrice.tsx'
import { openOrderColumns } from '../../lists/order-columns.tsx'
import { isTicker } from '../../paths.ts'
import { NoSuchAsset, Ticket } from '../../ticket/Ticket.tsx'
import { AssetLogo } from '../../ui/AssetLogo.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'

type TicketAsset = TicketAssetsQuery['assets']['nodes'][number]

type AssetSelectProps = {
  readonly assets: readonly TicketAsset[]
  readonly assetId: string | undefined
  readonly onChoose: (id: string) => void
}

/** The side in the URL, or undefined. */
function sideOf(text: string | null): OrderSide | undefined {
  if (text === 'sell') return 'SELL'
  return text === 'buy' ? 'BUY' : undefined
}

const labelOf = ({ id, name }: TicketAsset): string => `${name} (${id})`

function AssetSelect({ assets, assetId, onChoose }: AssetSelectProps) {
  const chosen = assets.find(({ id }) => id === assetId)
  const [typed, setTyped] = useState('')
  return (
    <Select
      label="Asset"
      placeholder="Choose an asset"
      searchable
      allowDeselect={false}
      limit={60}
      nothingFoundMessage="No asset has this name"
      size="md"
      // Typing after a click or Escape replaces the name.
      onClick={({ currentTarget }) => currentTarget.select()}
      searchValue={typed}
      onSearchChange={setTyped}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape') return
        flushSync(() => setTyped(chosen ? labelOf(chosen) : ''))
        currentTarget.select()
      }}
      value={assetId ?? null}
      onChange={(id) => id && onChoose(id)}
      leftSection={
        assetId && <AssetLogo key={assetId} id={assetId} image={chosen?.image} size={24} />
      }
      data={assets.map((asset) => ({ value: asset.id, label: labelOf(asset) }))}
    />
  )
}

function CurrentPrice({ asset: { id, quote } }: { asset: TicketAsset }) {
  const feed = useLivePrices([id])
  return (
    <Group justify="space-between">
      <Text className="figure" fz={24} component="div">
        <LivePrice assetId={id} quote={quote} />
      </Text>
      <FeedBadge state={feed} />
    </Group>
  )
}

/** The asset and the side in the URL; by default the first asset of the market. */
function useChoice(first: string | undefined) {
  const [search, setSearch] = useSearchParams()
  const set = (name: 'asset' | 'side', value: string) =>
    setSearch({ ...Object.fromEntries(search), [name]: value }, { replace: true })
  return {
    assetId: search.get('asset')?.toUpperCase() ?? first,
    side: sideOf(search.get('side')),
    choose: (asset: string) => set('asset', asset),
    chooseSide: (side: OrderSide) => set('side', side.toLowerCase()),
  }
}

/** Of a market order's ticket, so that what stands below it on a phone does not move. */
const ticketHeight = 716

type ChosenTicketProps = {
  readonly assetId: string | undefined
  readonly side: OrderSide | undefined
  readonly onSide: (side: OrderSide) => void
}

function ChosenTicket({ assetId, side, onSide }: ChosenTicketProps) {
  if (assetId === undefined) return <Skeleton height={ticketHeight} />
  return isTicker(assetId) ? (
    <Ticket key={assetId} assetId={assetId} side={side} onSide={onSide} />
  ) : (
    <NoSuchAsset>No asset can have this name.</NoSuchAsset>
  )
}

function TicketPanel() {
  const { data, failure, retry } = useReading(
    TicketAssetsDocument,
    {},
    { everyMs: config.valuesEveryMs },
  )
  const assets = data?.assets.nodes ?? []
  const { assetId, side, choose, chooseSide } = useChoice(assets[0]?.id)
  const chosen = assets.find(({ id }) => id === assetId)
  return (
    <Panel title="Order ticket">
      <Stack gap="sm">
        {failure && !data && <FailureNotice failure={failure} onRetry={retry} />}
        <AssetSelect assets={assets} assetId={assetId} onChoose={choose} />
        {chosen ? (
          <CurrentPrice key={chosen.id} asset={chosen} />
        ) : (
          !data && <Skeleton height={28} width={140} />
        )}
        <ChosenTicket assetId={assetId} side={side} onSide={chooseSide} />
      </Stack>
    </Panel>
  )
}

function OpenOrders() {
  const reading = useReading(TradeOpenOrdersDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title="Open orders"
      isFlush
      reading={reading}
      select={({ me }) => me?.portfolio.openOrders}
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <GridTable
            label="Open orders"
            columns={openOrderColumns}
            rows={nodes}
            rowKey={({ id }) => id}
          />
        ) : (
          <EmptyState icon={IconClockHour4} title="No order is waiting">
            Choose “Limit” in the ticket to name your price.
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}

function RecentFills() {
  const reading = useReading(TradeFillsDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title="Recent fills"
      isFlush
      reading={reading}
      select={({ me }) => me?.portfolio.activity}
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <GridTable
            label="Recent fills"
            columns={fillColumns}
            rows={nodes}
            rowKey={({ id }) => id}
          />
        ) : (
          <EmptyState icon={IconReceipt} title="You have not traded yet" />
        )
      }
    </ReadingPanel>
  )
}

export function TradePage() {
  return (
    <>
      <PageHeading
        title="Trade"
        hint="Look at what would happen, then confirm. Every order is placed at most once."
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5, lg: 4 }}>
          <TicketPanel />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, lg: 8 }}>
          <Stack gap="md" className="in-order">
            <OpenOrders />
            <RecentFills />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}
