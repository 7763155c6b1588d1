import { formatCompactMoney, formatCompactQuantity, formatPrice } from '../../format/money.ts'
import { formatDate } from '../../format/time.ts'
import type { AssetFactsQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { DayRange, useFigures } from '../../lists/DayRange.tsx'
import { PercentChange } from '../../ui/Change.tsx'
import { type Fact, Facts } from '../../ui/Facts.tsx'
import { Panel } from '../../ui/Panel.tsx'

type Asset = AssetFactsQuery['asset']

const orDash = (value: string | null | undefined, format: (text: string) => string): string =>
  value ? format(value) : '–'

function Extreme({
  price,
  at,
  percent,
}: {
  price: string | null
  at: string | null
  percent: number | null
}) {
  if (!price) return <>–</>
  return (
    <>
      {formatPrice(price)}
      <br />
      <small>
        <PercentChange percent={percent} />
        {at && <span className="flat"> · {formatDate(at)}</span>}
      </small>
    </>
  )
}

function factsOf(asset: Asset): readonly Fact[] {
  const data = asset.marketData
  return [
    ...(asset.bid === asset.ask
      ? []
      : [
          [
            i18n.t('Bid, ask'),
            i18n.t('{bid}, {ask}', {
              bid: orDash(asset.bid, formatPrice),
              ask: orDash(asset.ask, formatPrice),
            }),
          ] as const,
        ]),
    [i18n.t('24 h range'), <DayRange key="range" asset={asset} />],
    [i18n.t('7 days'), <PercentChange key="7d" percent={data.changePercent7d} />],
    [i18n.t('30 days'), <PercentChange key="30d" percent={data.changePercent30d} />],
    [i18n.t('Market cap'), orDash(data.marketCap, formatCompactMoney)],
    [i18n.t('Volume 24 h'), orDash(data.volume24h, formatCompactMoney)],
    [i18n.t('Circulating supply'), orDash(data.circulatingSupply, formatCompactQuantity)],
    [i18n.t('Total supply'), orDash(data.totalSupply, formatCompactQuantity)],
    [i18n.t('Maximum supply'), orDash(data.maxSupply, formatCompactQuantity)],
    [
      i18n.t('All-time high'),
      <Extreme
        key="high"
        price={data.allTimeHigh}
        at={data.allTimeHighAt}
        percent={data.allTimeHighChangePercent}
      />,
    ],
    [
      i18n.t('All-time low'),
      <Extreme
        key="low"
        price={data.allTimeLow}
        at={data.allTimeLowAt}
        percent={data.allTimeLowChangePercent}
      />,
    ],
  ]
}

export function FactsPanel({ asset }: { asset: Asset }) {
  useFigures(asset)
  return (
    <Panel title={i18n.t('Facts')}>
      <Facts facts={factsOf(asset)} />
    </Panel>
  )
}
