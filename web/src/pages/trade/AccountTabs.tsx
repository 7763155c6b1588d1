import { Tabs } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconChartPie, IconListDetails, IconReceipt } from '@tabler/icons-react'
import { type Reading, useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import {
  type AssetFactsQuery,
  TradeFillsDocument,
  TradeOpenOrdersDocument,
  type TradeOpenOrdersQuery,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { CancelAllOrders } from '../../lists/CancelAllOrders.tsx'
import { fillColumns } from '../../lists/fills.tsx'
import { MoreOpenOrders, tradeOrderColumns } from '../../lists/order-columns.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { useValues, ValuesProvider } from '../../values/ValuesProvider.tsx'
import { AlertsTab } from './AlertsTab.tsx'
import { DepthTab } from './MarketPanels.tsx'
import { TradesPanel } from './TradesPanel.tsx'
import { positionColumnsOf } from './position-columns.tsx'

function OpenOrders({ reading }: { reading: Reading<TradeOpenOrdersQuery> }) {
  const count = reading.data?.me?.portfolio.openOrders?.nodes.length ?? 0
  return (
    <ReadingPanel
      title={i18n.t('Open orders')}
      className="bare-panel"
      isFlush
      reading={reading}
      action={count > 1 && <CancelAllOrders />}
      select={({ me }) => me?.portfolio.openOrders}
    >
      {({ nodes, pageInfo }) =>
        nodes.length > 0 ? (
          <>
            <GridTable
              label={i18n.t('Open orders')}
              columns={tradeOrderColumns}
              rows={nodes}
              rowKey={({ id }) => id}
            />
            {pageInfo.hasNextPage && <MoreOpenOrders shown={nodes.length} />}
          </>
        ) : (
          <EmptyState icon={IconListDetails} title={i18n.t('No order is waiting')}>
            {i18n.t('Choose “Limit” in the ticket to name your price.')}
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
      title={i18n.t('Recent fills')}
      className="bare-panel"
      isFlush
      reading={reading}
      select={({ me }) => me?.portfolio.activity}
    >
      {({ nodes }) =>
        nodes.length > 0 ? (
          <GridTable
            label={i18n.t('Recent fills')}
            columns={fillColumns}
            rows={nodes}
            rowKey={({ id }) => id}
          />
        ) : (
          <EmptyState icon={IconReceipt} title={i18n.t('You have not traded yet')} />
        )
      }
    </ReadingPanel>
  )
}

function Positions() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title={i18n.t('Positions')}
      className="bare-panel"
      isFlush
      reading={reading}
      select={({ holdings }) => holdings}
    >
      {(holdings) =>
        holdings.length > 0 ? (
          <GridTable
            label={i18n.t('Positions')}
            columns={positionColumnsOf(holdings)}
            rows={holdings}
            rowKey={({ assetId }) => assetId}
          />
        ) : (
          <EmptyState icon={IconChartPie} title={i18n.t('You own no assets yet')} />
        )
      }
    </ReadingPanel>
  )
}

const tabs = [
  ['orders', i18n.t('Open orders')],
  ['fills', i18n.t('Fills')],
  ['positions', i18n.t('Positions')],
  ['alerts', i18n.t('Alerts')],
] as const

/** Where the market has no panels of its own. */
const marketTabs = [
  ['depth', i18n.t('Depth')],
  ['trades', i18n.t('Trades')],
] as const

/** The tab that was open last, which this browser remembers. */
function useTab(shown: readonly (readonly [string, string])[]) {
  const [kept, keep] = useLocalStorage({
    key: 'cnop-trade-tab',
    defaultValue: 'orders',
    getInitialValueInEffect: false,
  })
  return [shown.some(([value]) => value === kept) ? kept : 'orders', keep] as const
}

type AccountTabsProps = {
  readonly assetId: string
  readonly asset: AssetFactsQuery['asset'] | undefined
  /** Whether depth and trades of the asset in view are tabs too. */
  readonly hasMarket: boolean
}

/** How many orders are open, as far as the list goes. */
function OpenCount({ data }: Pick<Reading<TradeOpenOrdersQuery>, 'data'>) {
  const { nodes, pageInfo } = data?.me?.portfolio.openOrders ?? {}
  if (!nodes?.length) return null
  return (
    <span className="tab-count numeric">{`${nodes.length}${pageInfo?.hasNextPage ? '+' : ''}`}</span>
  )
}

/** What the account has waiting, traded and holds, whatever the asset in view. Beside the open orders, which are counted, only the open tab reads. */
export function AccountTabs({ assetId, asset, hasMarket }: AccountTabsProps) {
  const shown = hasMarket ? [...tabs, ...marketTabs] : tabs
  const [tab, choose] = useTab(shown)
  const orders = useReading(TradeOpenOrdersDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <section
      className="trade-tabs"
      aria-label={hasMarket ? i18n.t('Your account and the market') : i18n.t('Your account')}
    >
      <Tabs value={tab} onChange={(next) => next !== null && choose(next)} keepMounted={false}>
        <Tabs.List>
          {shown.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label} {value === 'orders' && <OpenCount data={orders.data} />}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="orders">
          <OpenOrders reading={orders} />
        </Tabs.Panel>
        <Tabs.Panel value="fills">
          <RecentFills />
        </Tabs.Panel>
        <Tabs.Panel value="positions">
          <ValuesProvider>
            <Positions />
          </ValuesProvider>
        </Tabs.Panel>
        <Tabs.Panel value="alerts">
          <AlertsTab assetId={assetId} asset={asset} />
        </Tabs.Panel>
        {hasMarket && (
          <>
            <Tabs.Panel value="depth">
              <DepthTab key={assetId} assetId={assetId} />
            </Tabs.Panel>
            <Tabs.Panel value="trades">
              <TradesPanel key={assetId} assetId={assetId} isBare />
            </Tabs.Panel>
          </>
        )}
      </Tabs>
    </section>
  )
}
