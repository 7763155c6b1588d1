import { Badge, Grid, Group, Stack, Text } from '@mantine/core'
import { Suspense } from 'react'
import { useParams } from 'react-router'
import { nameOf } from '../../api/asset-names.ts'
import { lazily } from '../../api/lazily.ts'
import { useLivePrices, useTradingState } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { useUsername } from '../../api/SessionProvider.tsx'
import { serverWords } from '../../api/server-words.ts'
import { ChartPanel } from '../../chart/ChartPanel.tsx'
import { config } from '../../config.ts'
import { formatDateTime } from '../../format/time.ts'
import { AssetFactsDocument, type AssetFactsQuery } from '../../generated/graphql.ts'
import { LiveChange, LivePrice } from '../../lists/LivePrice.tsx'
import { TradingBadge } from '../../lists/TradingBadge.tsx'
import { isTicker } from '../../paths.ts'
import { AssetLogo } from '../../ui/AssetLogo.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useWatchedIds } from '../../watchlist/use-watchlist.ts'
import { WatchButton } from '../../watchlist/WatchButton.tsx'
import { FactsPanel } from './FactsPanel.tsx'
import { MyOrdersPanel } from './MyOrdersPanel.tsx'
import { MarketLink, NoAsset, UnknownAsset } from './NoAsset.tsx'
import { PositionPanel } from './PositionPanel.tsx'
import { PriceAlertPanel } from '../../alerts/PriceAlertPanel.tsx'
import { i18n } from '../../i18n.ts'
import { TicketPanel } from './TicketPanel.tsx'

/** Only phones have it. */
const TradeSheet = lazily(async () => (await import('../../ticket/TradeSheet.tsx')).TradeSheet)

type Asset = AssetFactsQuery['asset']

const categoryNames = {
  MAJOR: i18n.t('Major'),
  ALTCOIN: i18n.t('Altcoin'),
  STABLECOIN: i18n.t('Stablecoin'),
} as const

function AssetHeading({ asset, isSignedIn }: { asset: Asset; isSignedIn: boolean }) {
  const feed = useLivePrices([asset.id])
  const watched = useWatchedIds()
  const state = useTradingState(asset.id, asset)
  const isTraded = state?.isActive === true && state.haltedSince === null
  return (
    <Stack gap={10} mb="lg">
      <title>{`${nameOf(asset)} (${asset.id}) · ${config.productName}`}</title>
      <MarketLink />
      <Group justify="space-between">
        <Group gap={14} wrap="nowrap">
          <AssetLogo id={asset.id} size={46} />
          <div>
            <Group gap={10}>
              <Text component="h1" m={0} fz={25} fw={680} lts="-0.02em">
                {nameOf(asset)}
              </Text>
              <Text c="dimmed">{asset.id}</Text>
              {isSignedIn && <WatchButton assetId={asset.id} name={asset.name} watched={watched} />}
              <Badge variant="default" visibleFrom="xs">
                {categoryNames[asset.category]}
              </Badge>
              {asset.rank !== null && (
                <Badge variant="default" visibleFrom="xs">
                  {i18n.t('Rank {rank}', { rank: asset.rank })}
                </Badge>
              )}
              <TradingBadge assetId={asset.id} state={asset} />
            </Group>
            <Group gap={14} mt={2}>
              <Text className="figure" fz={26} component="span">
                <LivePrice assetId={asset.id} quote={asset.quote} />
              </Text>
              <Text component="span" fw={600}>
                <LiveChange
                  assetId={asset.id}
                  quote={asset.quote}
                  percent={asset.marketData.changePercent24h}
                />
              </Text>
              <Text size="sm" c="dimmed">
                {i18n.t('24 h')}
              </Text>
            </Group>
          </div>
        </Group>
        {isTraded ? (
          <FeedBadge state={feed} />
        ) : (
          <Text size="sm" c="dimmed">
            {asset.quote
              ? i18n.t('Price of {time}', { time: formatDateTime(asset.quote.quotedAt) })
              : i18n.t('Price of an unknown time')}
          </Text>
        )}
      </Group>
    </Stack>
  )
}

function AssetView({ id }: { id: string }) {
  const isSignedIn = useUsername() !== ''
  const isInSheet = useIsPhone() && isSignedIn
  const reading = useReading(AssetFactsDocument, { id })
  const asset = reading.data?.asset
  if (!asset) return <NoAsset id={id} failure={reading.failure} retry={reading.retry} />
  return (
    <>
      <AssetHeading asset={asset} isSignedIn={isSignedIn} />
      {isInSheet && (
        <Suspense>
          <TradeSheet id={asset.id} />
        </Suspense>
      )}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack gap="md">
            <ChartPanel asset={asset} />
            {isSignedIn && <MyOrdersPanel id={asset.id} />}
            {asset.description && (
              <Panel title={i18n.t('About {asset}', { asset: nameOf(asset) })}>
                <Text size="sm">{serverWords(asset.description)}</Text>
              </Panel>
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            {!isInSheet && <TicketPanel id={asset.id} isSignedIn={isSignedIn} />}
            {isSignedIn && <PriceAlertPanel asset={asset} />}
            {isSignedIn && <PositionPanel id={asset.id} />}
            <FactsPanel asset={asset} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

export function AssetPage() {
  const { id = '' } = useParams()
  const ticker = id.toUpperCase()
  return isTicker(ticker) ? <AssetView key={ticker} id={ticker} /> : <UnknownAsset id={ticker} />
}
