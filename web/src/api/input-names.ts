import { i18n } from '../i18n.ts'

/** The inputs of orders and alerts, as forms and dialogs call them. */
const names: Readonly<Record<string, string>> = {
  quantity: i18n.t('quantity'),
  quoteAmount: i18n.t('amount'),
  limitPrice: i18n.t('limit price'),
  stopPrice: i18n.t('stop price'),
  stopLimitPrice: i18n.t('limit of the stop'),
  takeProfitPrice: i18n.t('take-profit price'),
  stopLossPrice: i18n.t('stop-loss price'),
  stopLossLimitPrice: i18n.t('limit of the stop loss'),
  trailAmount: i18n.t('distance'),
  trailBasisPoints: i18n.t('distance'),
  rearmAmount: i18n.t('distance'),
  rearmBasisPoints: i18n.t('distance'),
  expiresAt: i18n.t('last day'),
}

const nameOf = (input: string): string =>
  (Object.hasOwn(names, input) ? names[input] : null) ?? input

/** The name of an input at the beginning of a sentence. */
export const titleOf = (input: string): string =>
  nameOf(input).replace(/^\p{Ll}/u, (first) => first.toUpperCase())

/** A sentence of a service, with these names for the inputs that it mentions. */
export const withNames = (text: string): string => text.replace(/\b[a-z]+[A-Z][A-Za-z]*\b/g, nameOf)
