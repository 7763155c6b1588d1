import { i18n } from '../i18n.ts'

type Correction = {
  /** Why the order cannot be reviewed. */
  readonly first: string
  /** In place of the preview. */
  readonly above: string
}

const distance: Correction = {
  first: i18n.t('Correct the distance first.'),
  above: i18n.t('Nothing has been placed. Correct the distance above.'),
}

/** The inputs of an order that have a field in the form, with what is to be done when one of them is refused. */
export const corrections = {
  limitPrice: {
    first: i18n.t('Correct the limit price first.'),
    above: i18n.t('Nothing has been placed. Correct the limit price above.'),
  },
  stopPrice: {
    first: i18n.t('Correct the stop price first.'),
    above: i18n.t('Nothing has been placed. Correct the stop price above.'),
  },
  stopLimitPrice: {
    first: i18n.t('Correct the limit of the stop first.'),
    above: i18n.t('Nothing has been placed. Correct the limit of the stop above.'),
  },
  trailAmount: distance,
  trailBasisPoints: distance,
  takeProfitPrice: {
    first: i18n.t('Correct the take-profit price first.'),
    above: i18n.t('Nothing has been placed. Correct the take-profit price above.'),
  },
  stopLossPrice: {
    first: i18n.t('Correct the stop-loss price first.'),
    above: i18n.t('Nothing has been placed. Correct the stop-loss price above.'),
  },
  stopLossLimitPrice: {
    first: i18n.t('Correct the limit of the stop loss first.'),
    above: i18n.t('Nothing has been placed. Correct the limit of the stop loss above.'),
  },
  expiresAt: {
    first: i18n.t('Correct the last day first.'),
    above: i18n.t('Nothing has been placed. Correct the last day above.'),
  },
  lots: {
    first: i18n.t('Correct the lots first.'),
    above: i18n.t('Nothing has been placed. Correct the lots above.'),
  },
  quantity: {
    first: i18n.t('Correct the quantity first.'),
    above: i18n.t('Nothing has been placed. Correct the quantity above.'),
  },
  quoteAmount: {
    first: i18n.t('Correct the amount first.'),
    above: i18n.t('Nothing has been placed. Correct the amount above.'),
  },
} as const satisfies Readonly<Record<string, Correction>>

/** What is to be done about a refused input; undefined for one without a field. */
export const correctionOf = (field: string | undefined): Correction | undefined =>
  Object.entries(corrections).find(([input]) => input === field)?.[1]
