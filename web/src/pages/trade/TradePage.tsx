import { useMediaQuery } from '@mantine/hooks'
import { type ReactNode, Suspense } from 'react'
import { Navigate, useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { nameOf } from '../../api/asset-names.ts'
import { isNoSuchAsset } from '../../api/errors.ts'
import { lazily } from '../../api/lazily.ts'
import { useOwnStorage } from '../../api/own-storage.ts'
import { useReading } from '../../api/reading.ts'
import { ChartPanel } from '../../chart/ChartPanel.tsx'
import { config } from '../../config.ts'
import {
  AssetFactsDocument,
  type OrderSide,
  TicketAssetsDocument,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { isTicker, paths } from '../../paths.ts'
import { NoSuchAsset, Ticket } from '../../ticket/Ticket.tsx'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { Panel, PanelSkeleton } from '../../ui/Panel.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { AccountTabs } from './AccountTabs.tsx'
import { AssetBar } from './AssetBar.tsx'
import { AssetSelect } from './AssetSelect.tsx'
import { MarketPanels } from './MarketPanels.tsx'
import { SplitPanels } from './SplitPanels.tsx'

/** Only phones have it. */
const TradeSheet = lazily(async () => (await import('../../ticket/TradeSheet.tsx')).TradeSheet)

/** The side in an address; undefined without one. */
function sideOf(search: URLSearchParams): 'buy' | 'sell' | undefined {
  const side = search.get('side')
  return side === 'buy' || side === 'sell' ? side : undefined
}

const orderSides = { buy: 'BUY', sell: 'SELL' } as const

/** Leads to the asset that an older link names, to the one that was traded last, or to the first of the market. */
function TradeStart() {
  const [search] = useSearchParams()
  const { state } = useLocation() as { state: unknown }
  const own = useOwnStorage()
  const known = search.get('asset') ?? own.read('ticket', 'last')
  const { data, failure, retry } = useReading(TicketAssetsDocument, {}, { pause: known !== null })
  const id = known ?? data?.assets.nodes[0]?.id
  if (id) return <Navigate to={paths.tradeAsset(id, sideOf(search))} state={state} replace />
  return (
    <Panel title={i18n.t('Trade')}>
      {failure ? <FailureNotice failure={failure} onRetry={retry} /> : <PanelSkeleton rows={8} />}
    </Panel>
  )
}

/** The side of the ticket, in the address. */
function useSide() {
  const [search, setSearch] = useSearchParams()
  const side = sideOf(search)
  return {
    name: side,
    side: side && orderSides[side],
    chooseSide: (next: OrderSide) => setSearch({ side: next.toLowerCase() }, { replace: true }),
  }
}

type Facts = ReturnType<typeof useFacts>

const useFacts = (id: string) => useReading(AssetFactsDocument, { id }, { pause: !isTicker(id) })

/** Whether this is no asset; its name may be one that none can have. */
const isUnknown = (id: string, failure: Facts['failure']): boolean =>
  !isTicker(id) || (failure !== undefined && isNoSuchAsset(failure))

function PriceChart({ id, facts: { data, failure, retry } }: { id: string; facts: Facts }) {
  if (data) return <ChartPanel key={id} asset={data.asset} isBare />
  return (
    <Panel title={i18n.t('Price')}>
      {isUnknown(id, failure) ? (
        <NoSuchAsset id={id} />
      ) : failure ? (
        <FailureNotice failure={failure} onRetry={retry} />
      ) : (
        <PanelSkeleton rows={8} />
      )}
    </Panel>
  )
}

type TradeTicketProps = {
  readonly id: string
  readonly side: OrderSide | undefined
  readonly onSide: (side: OrderSide) => void
}

function TradeTicket({ id, side, onSide }: TradeTicketProps) {
  return (
    <Panel title={i18n.t('Order ticket')} className="trade-ticket bare-panel">
      {isTicker(id) ? (
        <Ticket key={id} assetId={id} side={side} onSide={onSide} />
      ) : (
        <NoSuchAsset id={id} />
      )}
    </Panel>
  )
}

/** Where there is room for panels beside each other; `styles.css` has the same width. */
const useHasRoom = (): boolean =>
  useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false })

/**
 * Where depth and trades are: beside the chart from 80em on, otherwise among the tabs. What is no asset has none. Sizes
 * that suit a wide screen need not suit a narrow one: `nameAt` gives those of each their own name.
 */
function useMarketPlace(isAsset: boolean) {
  const isWide = useMediaQuery('(min-width: 80em)', true, { getInitialValueInEffect: false })
  return {
    isBeside: isAsset && isWide,
    hasTabs: isAsset && !isWide,
    nameAt: (name: string) => (isWide ? name : `${name}-narrow`),
  }
}

type ChartAndMarketProps = {
  readonly id: string
  readonly chart: ReactNode
  readonly isBeside: boolean
}

/** The chart, with the market beside it where that fits. */
function ChartAndMarket({ id, chart, isBeside }: ChartAndMarketProps) {
  if (!isBeside) return chart
  return (
    <SplitPanels
      name="trade-chart"
      orientation="horizontal"
      label={i18n.t('Width of depth and trades')}
      parts={[
        { id: 'chart', share: 64, least: 300, content: chart },
        {
          ...{ id: 'market', share: 36, least: 236, show: i18n.t('Show depth and trades') },
          content: <MarketPanels key={id} assetId={id} />,
        },
      ]}
    />
  )
}

function Workspace({ id }: { id: string }) {
  const isPhone = useIsPhone()
  const hasRoom = useHasRoom()
  const navigate = useNavigate()
  const { name, side, chooseSide } = useSide()
  const facts = useFacts(id)
  const isAsset = !isUnknown(id, facts.failure)
  const { isBeside, hasTabs, nameAt } = useMarketPlace(isAsset)
  const asset = facts.data?.asset
  const assets = useReading(TicketAssetsDocument, {}).data?.assets.nodes ?? []
  const chart = <PriceChart id={id} facts={facts} />
  const ticket = <TradeTicket id={id} side={side} onSide={chooseSide} />
  const account = <AccountTabs assetId={id} asset={asset} hasMarket={hasTabs} />
  return (
    <div className="trade-page" data-panels={hasRoom || undefined}>
      <title>{`${asset ? `${nameOf(asset)} (${id})` : id} · ${i18n.t('Trade')} · ${config.productName}`}</title>
      <h1 className="visually-hidden" tabIndex={-1}>
        {i18n.t('Trade {asset}', { asset: id })}
      </h1>
      <AssetBar
        asset={asset}
        select={
          <AssetSelect
            assets={assets}
            assetId={id}
            onChoose={(next) => void navigate(paths.tradeAsset(next, name))}
          />
        }
      />
      {hasRoom ? (
        <SplitPanels
          name={nameAt('trade-columns')}
          orientation="horizontal"
          label={i18n.t('Width of the chart')}
          parts={[
            {
              id: 'market',
              share: 70,
              // Depth and trades, which are hidden by their own separator, keep their room.
              least: isBeside ? 552 : 380,
              content: (
                <SplitPanels
                  name={nameAt('trade-rows')}
                  orientation="vertical"
                  label={i18n.t('Height of the chart')}
                  parts={[
                    {
                      ...{ id: 'chart', share: 70, least: 300 },
                      content: <ChartAndMarket id={id} chart={chart} isBeside={isBeside} />,
                    },
                    { id: 'account', share: 30, least: 140, content: account },
                  ]}
                />
              ),
            },
            { id: 'ticket', share: 30, least: 320, content: ticket },
          ]}
        />
      ) : (
        <>
          {chart}
          {isPhone && isAsset ? (
            <Suspense>
              <TradeSheet key={id} id={id} asked={side} />
            </Suspense>
          ) : (
            ticket
          )}
          {account}
        </>
      )}
    </div>
  )
}

export function TradePage() {
  const { id } = useParams()
  return id === undefined ? <TradeStart /> : <Workspace id={id.toUpperCase()} />
}
