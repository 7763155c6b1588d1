import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useLivePrices, useTradingState } from '../../api/live-prices.ts'
import { formatCompactMoney } from '../../format/money.ts'
import { formatDateTime } from '../../format/time.ts'
import type { AssetFactsQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { DayRange, useFigures } from '../../lists/DayRange.tsx'
import { LiveChange, LivePrice } from '../../lists/LivePrice.tsx'
import { TradingBadge } from '../../lists/TradingBadge.tsx'
import { paths } from '../../paths.ts'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { useWatchedIds } from '../../watchlist/use-watchlist.ts'
import { WatchButton } from '../../watchlist/WatchButton.tsx'

type Asset = AssetFactsQuery['asset']

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="bar-figure">
      <dt>{label}</dt>
      <dd className="numeric">{children}</dd>
    </div>
  )
}

/** Whether the price is live, or when it was made. */
function Freshness({ asset }: { asset: Asset }) {
  const feed = useLivePrices([asset.id])
  const state = useTradingState(asset.id, asset)
  if (state?.isActive === true && state.haltedSince === null) return <FeedBadge state={feed} />
  return (
    <Text size="sm" c="dimmed">
      {asset.quote
        ? i18n.t('Price of {time}', { time: formatDateTime(asset.quote.quotedAt) })
        : i18n.t('Price of an unknown time')}
    </Text>
  )
}

function Figures({ asset }: { asset: Asset }) {
  const { id, quote, marketData } = asset
  useFigures(asset)
  return (
    <>
      <Text className="figure bar-price" component="div">
        <LivePrice assetId={id} quote={quote} />
      </Text>
      <dl className="bar-figures">
        <Figure label={i18n.t('24 h')}>
          <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
        </Figure>
        <Figure label={i18n.t('24 h range')}>
          <DayRange asset={asset} />
        </Figure>
        <Figure label={i18n.t('24 h volume')}>
          {marketData.volume24h ? formatCompactMoney(marketData.volume24h) : '–'}
        </Figure>
      </dl>
      <TradingBadge assetId={id} state={asset} />
    </>
  )
}

/** The asset in view with its price. `select` switches to another one. */
export function AssetBar({ asset, select }: { asset: Asset | undefined; select: ReactNode }) {
  const watched = useWatchedIds()
  return (
    <div className="asset-bar">
      {select}
      {asset && (
        <>
          <WatchButton assetId={asset.id} name={asset.name} watched={watched} />
          <Figures asset={asset} />
          <div className="bar-end">
            <Anchor component={Link} to={paths.asset(asset.id)} size="sm" py={2}>
              {i18n.t('About {asset}', { asset: asset.id })}
            </Anchor>
            <Freshness asset={asset} />
          </div>
        </>
      )}
    </div>
  )
}
