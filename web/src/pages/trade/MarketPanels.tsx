import { i18n } from '../../i18n.ts'
import { DepthPanel, useDepth } from './DepthPanel.tsx'
import { SplitPanels } from './SplitPanels.tsx'
import { TradesPanel } from './TradesPanel.tsx'

/** Depth and trades below each other. Without levels there is nothing to share the room with. */
export function MarketPanels({ assetId }: { assetId: string }) {
  const reading = useDepth(assetId)
  const depth = <DepthPanel assetId={assetId} reading={reading} />
  const trades = <TradesPanel assetId={assetId} />
  if (!reading.data?.asset.depth) {
    return (
      <div className="market-stack">
        {depth}
        {trades}
      </div>
    )
  }
  return (
    <SplitPanels
      name="trade-market"
      orientation="vertical"
      label={i18n.t('Height of the depth')}
      parts={[
        { id: 'depth', share: 62, least: 96, show: i18n.t('Show the depth'), content: depth },
        { id: 'trades', share: 38, least: 96, show: i18n.t('Show recent trades'), content: trades },
      ]}
    />
  )
}

export function DepthTab({ assetId }: { assetId: string }) {
  return <DepthPanel assetId={assetId} reading={useDepth(assetId)} isBare />
}
