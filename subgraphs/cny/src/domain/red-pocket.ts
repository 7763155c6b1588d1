import { BadInput } from '@cnop/kit/errors'
import type { Usd } from '@cnop/kit/money'
import type { Account } from '@cnop/ledger/account'

export type PocketSize = 'BIG' | 'SMALL'

export interface RedPocket {
  readonly size: PocketSize
  readonly amount: Usd
}

/** When an account is old enough for red pockets; accounts whose opening was not recorded are. */
export function oldEnoughAtMs({ openedAt }: Pick<Account, 'openedAt'>, minAgeMs: number): number {
  return openedAt === undefined ? 0 : Date.parse(openedAt) + minAgeMs
}

const longestPhrase = 200
/** Signs that show nothing: controls, blanks, and letters such as U+3164 that are displayed as a blank. */
const invisible = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu

/** The phrase without the blanks around it, in Unicode form NFC, as phrases are compared. Refusals never contain the phrase. */
export function checkPhrase(text: string): string {
  const phrase = text.normalize('NFC').trim()
  const { length } = Array.from(phrase)
  if (phrase.replace(invisible, '') === '') throw new BadInput('phrase', 'must not be blank')
  if (length > longestPhrase)
    throw new BadInput('phrase', `must be at most ${longestPhrase} characters`)
  return phrase
}

/** A special phrase, written exactly so, opens its own pocket; everything else opens the small one. */
export function openPocket(
  phrases: ReadonlyMap<string, Usd>,
  phrase: string,
  smallAmount: Usd,
): RedPocket {
  const amount = phrases.get(phrase)
  return amount === undefined ? { size: 'SMALL', amount: smallAmount } : { size: 'BIG', amount }
}
