import { Badge, Text } from '@mantine/core'
import type { CSSProperties } from 'react'
import { useLivePrice } from '../../api/live-prices.ts'
import { useReadAgain } from '../../api/read-again.ts'
import { type Reading, useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatPrice, formatQuantity } from '../../format/money.ts'
import { formatClock } from '../../format/time.ts'
import { TradeDepthDocument, type TradeDepthQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { Decimals, roomFor, roomForAll } from '../../ui/Decimals.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { ScrolledList } from './ScrolledList.tsx'

type Market = TradeDepthQuery['asset']
export type Depth = NonNullable<Market['depth']>
type Level = Depth['bids'][number]

/** The market around the price, read again as the price moves. */
export function useDepth(assetId: string): Reading<TradeDepthQuery> {
  const reading = useReading(TradeDepthDocument, { id: assetId }, { everyMs: config.valuesEveryMs })
  const live = useLivePrice(assetId, reading.data?.asset.quote)
  useReadAgain(reading.retry, live?.quotedAt, config.depthEveryMs)
  return reading
}

type SideProps = {
  readonly name: 'ask' | 'bid'
  readonly levels: readonly Level[]
  /** The largest quantity of both sides. */
  readonly largest: number
  readonly decimals: { readonly price: number; readonly quantity: number }
}

/** Only for the length of a bar. */
const sizeOf = ({ quantity }: Level): number => Number(quantity ?? 0)

function Side({ name, levels, largest, decimals }: SideProps) {
  const tone = name === 'ask' ? 'down' : 'up'
  return (
    <tbody>
      {levels.map((level) => {
        const { price, quantity } = level
        const share = quantity === null ? 1 : sizeOf(level) / largest
        return (
          <tr
            key={price}
            data-side={tone}
            style={{ '--share': `${Math.round(share * 100)}%` } as CSSProperties}
          >
            <th scope="row" className={tone}>
              {name === 'ask' ? i18n.t('Ask') : i18n.t('Bid')}
            </th>
            <td className="numeric">
              {formatPrice(price)}
              <Decimals text={formatPrice(price)} decimals={decimals.price} />
            </td>
            <td className="numeric">
              {quantity === null ? (
                <span className="flat">{i18n.t('any more')}</span>
              ) : (
                <>
                  {formatQuantity(quantity)}
                  <Decimals text={formatQuantity(quantity)} decimals={decimals.quantity} />
                </>
              )}
            </td>
          </tr>
        )
      })}
    </tbody>
  )
}

function Levels({ depth: { bids, asks }, assetId }: { depth: Depth; assetId: string }) {
  const all = [...bids, ...asks]
  const largest = Math.max(...all.map(sizeOf), Number.MIN_VALUE)
  const decimals = {
    price: roomFor(all.map(({ price }) => formatPrice(price))),
    quantity: roomForAll(all.map(({ quantity }) => formatQuantity(quantity ?? '0'))),
  }
  return (
    <table className="tape" aria-label={i18n.t('Depth of {asset}', { asset: assetId })}>
      <thead>
        <tr>
          <th scope="col">{i18n.t('Side')}</th>
          <th scope="col">{i18n.t('Price')}</th>
          <th scope="col">{assetId}</th>
        </tr>
      </thead>
      {/* The best prices of both sides are next to each other. */}
      <Side name="ask" levels={[...asks].reverse()} largest={largest} decimals={decimals} />
      <Side name="bid" levels={bids} largest={largest} decimals={decimals} />
    </table>
  )
}

function NoLimit({ market: { bid, ask } }: { market: Market }) {
  return (
    <>
      <dl className="best-prices">
        <div>
          <dt>{i18n.t('Bid')}</dt>
          <dd className="numeric up">{bid ? formatPrice(bid) : '–'}</dd>
        </div>
        <div>
          <dt>{i18n.t('Ask')}</dt>
          <dd className="numeric down">{ask ? formatPrice(ask) : '–'}</dd>
        </div>
      </dl>
      <Text size="xs" c="dimmed">
        {bid === null
          ? i18n.t('The market has no price at the moment.')
          : i18n.t('This market has no limit of depth: any quantity trades at these prices.')}
      </Text>
    </>
  )
}

type DepthPanelProps = {
  readonly assetId: string
  readonly reading: Reading<TradeDepthQuery>
  readonly isBare?: boolean
}

/** What the market would trade at which price. It is never made of the orders of users, and says where it comes from. */
export function DepthPanel({ assetId, reading, isBare = false }: DepthPanelProps) {
  const depth = reading.data?.asset.depth
  const origin = depth && (
    <Badge variant="default" size="sm">
      {depth.simulated ? i18n.t('Simulated') : i18n.t('Configured')}
    </Badge>
  )
  return (
    <ReadingPanel
      title={i18n.t('Depth')}
      className={`market-panel ${isBare ? 'bare-panel' : ''}`}
      action={isBare ? undefined : origin}
      isFlush
      reading={reading}
      select={({ asset }) => asset}
    >
      {(market) => (
        <ScrolledList label={i18n.t('Depth of {asset}', { asset: assetId })}>
          {isBare && origin && <div>{origin}</div>}
          {market.depth ? (
            <Levels depth={market.depth} assetId={assetId} />
          ) : (
            <NoLimit market={market} />
          )}
          {market.quote && (
            <Text size="xs" c="dimmed" className="market-foot">
              {i18n.t('At the price of {time}', { time: formatClock(market.quote.quotedAt) })}
            </Text>
          )}
        </ScrolledList>
      )}
    </ReadingPanel>
  )
}
