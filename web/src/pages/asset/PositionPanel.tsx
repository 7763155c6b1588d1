import { usePriceTable } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { formatPrice, signOf } from '../../format/money.ts'
import { AssetPositionDocument } from '../../generated/graphql.ts'
import { ValueChange } from '../../ui/Change.tsx'
import { type Fact, Facts } from '../../ui/Facts.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { FrozenMark, FrozenNote } from '../../values/FrozenPrice.tsx'
import { valueHolding } from '../../values/values.ts'

/** What this person owns of this asset, at the price above; nothing for who owns none. */
export function PositionPanel({ id }: { id: string }) {
  const reading = useReading(AssetPositionDocument, { id }, { everyMs: config.valuesEveryMs })
  const live = usePriceTable().get(id)
  const holding = reading.data?.me?.portfolio.holding
  if (!holding) return null
  const { quantity, held, averageCost, costBasis } = holding
  const { value, profit, day, isFrozen, quote } = valueHolding(holding, live)
  const facts: readonly Fact[] = [
    ['Quantity', <Quantity key="quantity" value={quantity} unit={id} />],
    ...(signOf(held) === 0
      ? []
      : [['Held by orders', <Quantity key="held" value={held} unit={id} />] as const]),
    ['Value', value ? <Money key="value" value={value} /> : '–'],
    ['Paid', <Money key="paid" value={costBasis} />],
    ['Average cost', formatPrice(averageCost)],
    ['Last 24 hours', day ? <ValueChange key="day" {...day} /> : '–'],
    ['Unrealised profit', profit ? <ValueChange key="profit" {...profit} /> : '–'],
  ]
  return (
    <Panel title={`My ${id}`} action={isFrozen && <FrozenMark quotedAt={quote?.quotedAt} />}>
      <Facts facts={facts} />
      {isFrozen && <FrozenNote holdings={[holding]} />}
    </Panel>
  )
}
