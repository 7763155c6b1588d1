import { Text } from '@mantine/core'
import { useTradesMark } from '../../api/live-prices.ts'
import { useReadAgain } from '../../api/read-again.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatExactPrice, formatPrice, formatQuantity } from '../../format/money.ts'
import { formatClock, formatDay, formatMoment } from '../../format/time.ts'
import { TradeRecentTradesDocument, type TradeRecentTradesQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { Decimals, roomFor, roomForAll } from '../../ui/Decimals.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { SideBadge } from '../../ui/StatusBadge.tsx'
import { ScrolledList } from './ScrolledList.tsx'

type Trade = NonNullable<TradeRecentTradesQuery['asset']['recentTrades']>[number]

const isToday = (iso: string): boolean => new Date(iso).toDateString() === new Date().toDateString()

function Tape({ assetId, trades }: { assetId: string; trades: readonly Trade[] }) {
  const price = roomFor(trades.map((trade) => formatPrice(trade.price)))
  const quantity = roomForAll(trades.map((trade) => formatQuantity(trade.quantity)))
  return (
    <table className="tape" aria-label={i18n.t('Recent trades of {asset}', { asset: assetId })}>
      <thead>
        <tr>
          <th scope="col">{i18n.t('Side')}</th>
          <th scope="col">{i18n.t('Price')}</th>
          <th scope="col">{assetId}</th>
          <th scope="col">{i18n.t('Time')}</th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade, place) => (
          // Counted from the oldest, a trade keeps its row when a newer one comes.
          <tr key={`${trade.executedAt} ${trades.length - place}`}>
            <td>
              <SideBadge side={trade.side} />
            </td>
            <td className="numeric" title={formatExactPrice(trade.price)}>
              {formatPrice(trade.price)}
              <Decimals text={formatPrice(trade.price)} decimals={price} />
            </td>
            <td className="numeric">
              {formatQuantity(trade.quantity)}
              <Decimals text={formatQuantity(trade.quantity)} decimals={quantity} />
            </td>
            <td className="numeric flat">
              <time dateTime={trade.executedAt} title={formatMoment(trade.executedAt)}>
                {isToday(trade.executedAt)
                  ? formatClock(trade.executedAt)
                  : formatDay(trade.executedAt)}
              </time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type TradesPanelProps = { readonly assetId: string; readonly isBare?: boolean }

/** What all users of the platform have traded, as it happens. */
export function TradesPanel({ assetId, isBare = false }: TradesPanelProps) {
  const reading = useReading(
    TradeRecentTradesDocument,
    { id: assetId },
    { everyMs: config.valuesEveryMs },
  )
  useReadAgain(reading.retry, useTradesMark(assetId), config.tradesEveryMs)
  return (
    <ReadingPanel
      title={i18n.t('Recent trades')}
      className={`market-panel ${isBare ? 'bare-panel' : ''}`}
      isFlush
      reading={reading}
      select={({ asset }) => asset.recentTrades}
    >
      {(trades) =>
        trades.length > 0 ? (
          <ScrolledList label={i18n.t('Trades of {asset}', { asset: assetId })}>
            <Tape assetId={assetId} trades={trades} />
          </ScrolledList>
        ) : (
          <div className="no-trades">
            <Text size="sm">
              {i18n.t('Nobody has traded {asset} recently.', { asset: assetId })}
            </Text>
            <Text size="xs" c="dimmed">
              {i18n.t('Orders of all users are shown here when they fill, without names.')}
            </Text>
          </div>
        )
      }
    </ReadingPanel>
  )
}
