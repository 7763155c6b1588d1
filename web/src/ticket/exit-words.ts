import { formatExactPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'

type Exits = {
  readonly takeProfitPrice?: string | null
  readonly stopLossPrice?: string | null
  readonly stopLossLimitPrice?: string | null
}

/** Whether a fill opens a sale. */
export const hasExits = ({ takeProfitPrice, stopLossPrice }: Exits): boolean =>
  (takeProfitPrice ?? stopLossPrice ?? null) !== null

/** When that sale fills. */
export function exitWords({ takeProfitPrice, stopLossPrice, ...order }: Exits): string {
  const profit = takeProfitPrice && formatExactPrice(takeProfitPrice)
  const loss = stopLossPrice && formatExactPrice(stopLossPrice)
  const worst = order.stopLossLimitPrice && formatExactPrice(order.stopLossLimitPrice)
  if (loss && worst) {
    return profit
      ? i18n.t(
          'at {profit} or better, or once it is at {loss} or below, then at {worst} or better',
          { profit, loss, worst },
        )
      : i18n.t('once it is at {loss} or below, then at {worst} or better', { loss, worst })
  }
  if (!loss) return i18n.t('at {profit} or better', { profit })
  return profit
    ? i18n.t('at {profit} or better, or once it is at {loss} or below', { profit, loss })
    : i18n.t('once it is at {loss} or below', { loss })
}
