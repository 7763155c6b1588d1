import { formatCompactMoney, formatCompactQuantity, formatPrice } from '../../format/money.ts'
import { formatDate } from '../../format/time.ts'
import type { AssetFactsQuery } from '../../generated/graphql.ts'
import { DayRange } from '../../lists/DayRange.tsx'
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
            'Bid, ask',
            `${orDash(asset.bid, formatPrice)}, ${orDash(asset.ask, formatPrice)}`,
          ] as const,
        ]),
    ['24 h range', <DayRange key="range" asset={asset} />],
    ['7 days', <PercentChange key="7d" percent={data.changePercent7d} />],
    ['30 days', <PercentChange key="30d" percent={data.changePercent30d} />],
    ['Market cap', orDash(data.marketCap, formatCompactMoney)],
    ['Volume 24 h', orDash(data.volume24h, formatCompactMoney)],
    ['Circulating supply', orDash(data.circulatingSupply, formatCompactQuantity)],
    ['Total supply', orDash(data.totalSupply, formatCompactQuantity)],
    ['Maximum supply', orDash(data.maxSupply, formatCompactQuantity)],
    [
      'All-time high',
      <Extreme
        key="high"
        price={data.allTimeHigh}
        at={data.allTimeHighAt}
        percent={data.allTimeHighChangePercent}
      />,
    ],
    [
      'All-time low',
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
  return (
    <Panel title="Facts">
      <Facts facts={factsOf(asset)} />
    </Panel>
  )
}
