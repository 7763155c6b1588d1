import { parseUsd } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import { formatMoney, formatPrice } from '../format/money.ts'
import type { CreatePortfolioAlertInput, PortfolioAlertsQuery } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { type AlertDraft, movedPrice, termsOf, typedWish } from './alert-draft.ts'

export type PortfolioAlert = NonNullable<
  NonNullable<PortfolioAlertsQuery['me']>['portfolioAlerts']
>[number]

const highest = parseUsd(limits.highestAlertPrice)

/** An alert in the words of price alerts: they fire, repeat and end by the same rules. */
export const inPrices = <Alert extends Pick<PortfolioAlert, 'value'>>(alert: Alert) => ({
  ...alert,
  price: alert.value,
})

/** The terms of a draft without a problem, as the API takes them. */
export function valueTermsOf(
  draft: AlertDraft,
): Omit<CreatePortfolioAlertInput, 'key'> | undefined {
  const terms = termsOf(draft, 'USD')
  if (terms === undefined) return undefined
  const { price, ...rest } = terms
  return price === undefined ? rest : { ...rest, value: price }
}

/** The reason why an alert at this value would be refused, or null. The server decides. */
export function valueProblem(draft: AlertDraft, current: string | null): string | null {
  const { plain } = typedWish(draft, 'USD')
  if (draft.isMove || plain === undefined) return null
  if (parseUsd(plain) > highest) {
    return i18n.t('This value is too high. Choose at most {high}.', {
      high: formatMoney(limits.highestAlertPrice),
    })
  }
  if (current === null) return null
  const distance = parseUsd(plain) - parseUsd(current)
  if (draft.isFall ? distance < 0n : distance > 0n) return null
  const value = formatMoney(current)
  return draft.isFall
    ? i18n.t('Reached already. Choose a value below {value}.', { value })
    : i18n.t('Reached already. Choose a value above {value}.', { value })
}

/** Goes on after a percentage. */
export function valueNote(draft: AlertDraft, current: string | null): string {
  if (current === null) return i18n.t('from the value now')
  const moved = movedPrice(draft, current)
  const value = formatMoney(current)
  return moved === undefined
    ? i18n.t('from the value now, {value}', { value })
    : i18n.t('from the value now, {value}, to about {target}', {
        value,
        target: formatPrice(moved),
      })
}
