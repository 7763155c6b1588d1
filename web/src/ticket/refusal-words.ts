import { isErrorCode } from '@cnop/schema/codes'
import { sentences } from '../api/error-sentences.ts'
import { formatMoney } from '../format/money.ts'
import type { OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import type { Preview } from './use-preview.ts'

const tooLargeSentence = (reason: string, most: string, type: OrderType): string =>
  type === 'MARKET'
    ? i18n.t('{reason} The most is {most}.', { reason, most })
    : i18n.t('{reason} The most is {most}, at the highest of its prices and the market price.', {
        reason,
        most,
      })

/** The reason why the order of a preview would be refused, in the dashboard's own sentence where it has one; null when it would not. */
export function refusalWords(
  preview: Pick<Preview, 'refusal' | 'refusalMessage' | 'valueLimit'>,
  type: OrderType,
): string | null {
  const { refusal, refusalMessage, valueLimit } = preview
  if (!refusal) return null
  const sentence =
    isErrorCode(refusal) && refusal !== 'BAD_USER_INPUT'
      ? sentences[refusal]
      : (refusalMessage ?? refusal)
  return refusal === 'ORDER_TOO_LARGE'
    ? tooLargeSentence(sentence, formatMoney(valueLimit), type)
    : sentence
}
