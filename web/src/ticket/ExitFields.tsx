import { Checkbox } from '@mantine/core'
import { i18n } from '../i18n.ts'
import { mayHaveExits } from './draft.ts'
import { optionalLimit, PriceField, type TermProps } from './PriceField.tsx'
import { typedLoss, typedLossLimit, typedProfit } from './terms.ts'

/** Where what is bought is sold again, by an order of its own that the fill opens. */
export function ExitFields({ ticket, isLocked }: TermProps) {
  const { draft, change } = ticket
  if (!mayHaveExits(draft)) return null
  const isTrailing = draft.type === 'TRAILING_STOP'
  const above = isTrailing
    ? i18n.t('Above the first stop price. It falls as the stop does.')
    : i18n.t('Above the price that you buy at.')
  const below = isTrailing
    ? i18n.t('Below the first stop price. It falls as the stop does.')
    : i18n.t('Below the price that you buy at.')
  return (
    <>
      <Checkbox
        label={i18n.t('Sell again at a profit or a loss')}
        disabled={isLocked}
        checked={draft.hasExits}
        onChange={({ currentTarget: { checked } }) =>
          change({ hasExits: checked, takeProfit: '', stopLoss: '', stopLossLimit: '' })
        }
      />
      {draft.hasExits && (
        <>
          <PriceField
            {...{ ticket, isLocked, field: 'takeProfit', input: 'takeProfitPrice' }}
            label={i18n.t('Take profit at')}
            typed={typedProfit(draft)}
            hint={above}
            note={isTrailing ? above : i18n.t('or better. Above the price that you buy at.')}
          />
          <PriceField
            {...{ ticket, isLocked, field: 'stopLoss', input: 'stopLossPrice' }}
            label={i18n.t('Stop loss at')}
            typed={typedLoss(draft)}
            hint={below}
            note={
              isTrailing || draft.stopLossLimit
                ? below
                : i18n.t('or below, at the market price. Below the price that you buy at.')
            }
          />
          <PriceField
            {...{ ticket, isLocked, field: 'stopLossLimit', input: 'stopLossLimitPrice' }}
            label={i18n.t('Limit of the stop loss')}
            typed={typedLossLimit(draft)}
            hint={optionalLimit}
            note={null}
          />
        </>
      )}
    </>
  )
}
