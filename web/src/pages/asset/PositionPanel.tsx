import { usePriceTable } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatPrice, signOf } from '../../format/money.ts'
import { AssetPositionDocument, type AssetPositionQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { type Fact, Facts } from '../../ui/Facts.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { FrozenMark, FrozenNote } from '../../values/FrozenPrice.tsx'
import { type Valued, valueHolding } from '../../values/values.ts'

type Position = Valued<NonNullable<NonNullable<AssetPositionQuery['me']>['portfolio']['holding']>>

function factsOf(id: string, position: Position): readonly Fact[] {
  const { quantity, held, averageCost, costBasis, value, profit, day } = position
  return [
    [i18n.t('Quantity'), <Quantity key="quantity" value={quantity} unit={id} />],
    ...(signOf(held) === 0
      ? []
      : [[i18n.t('Held by orders'), <Quantity key="held" value={held} unit={id} />] as const]),
    [i18n.t('Value'), value ? <Money key="value" value={value} /> : '–'],
    [i18n.t('Paid'), <Money key="paid" value={costBasis} />],
    [i18n.t('Average cost'), formatPrice(averageCost)],
    [i18n.t('Last 24 hours'), day ? <ValueChange key="day" {...day} /> : '–'],
    [i18n.t('Profit if sold'), profit ? <ValueChange key="profit" {...profit} /> : '–'],
  ]
}

/** The user's holding of this asset at the current price; null without a holding. */
export function PositionPanel({ id }: { id: string }) {
  const reading = useReading(AssetPositionDocument, { id }, { everyMs: config.valuesEveryMs })
  const live = usePriceTable().get(id)
  const holding = reading.data?.me?.portfolio.holding
  if (!holding) return null
  const valued = valueHolding(holding, live)
  const { isFrozen, isHalted, quote } = valued
  return (
    <Panel
      title={i18n.t('My {asset}', { asset: id })}
      action={
        isFrozen && (
          <div>
            <FrozenMark quotedAt={quote?.quotedAt} isHalted={isHalted} />
          </div>
        )
      }
    >
      <Facts facts={factsOf(id, valued)} />
      {isFrozen && <FrozenNote assetIds={[id]} />}
    </Panel>
  )
}
