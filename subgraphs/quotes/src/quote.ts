import { BadInput } from '@cnop/kit/errors'
import type { Price } from '@cnop/kit/money'

export const assetCategories = ['MAJOR', 'ALTCOIN', 'STABLECOIN'] as const
export type AssetCategory = (typeof assetCategories)[number]

/** What an asset costs, and what a reader of prices must know of the asset itself. */
export interface Quote {
  readonly assetId: string
  /** The last known price; it stays when an asset turns inactive, because holders still value it. */
  readonly price: Price
  /** When the market made the price, as an ISO instant. */
  readonly quotedAt: string
  readonly isActive: boolean
  /**
   * Since when trading is halted, because a reading was outside the price band; absent while it is not. The price is
   * the last accepted one: it values holdings, but nothing trades or triggers on it.
   */
  readonly haltedSince?: string | undefined
  /** Since when the asset is no longer listed; absent while it is. A delisted asset is never active. */
  readonly delistedAt?: string | undefined
  readonly name: string
  readonly category: AssetCategory
  readonly dayAgoPrice: Price | undefined
}

/** All quotes of one moment, or those that changed. */
export interface QuoteTick {
  readonly tickedAt: string
  readonly quotes: readonly Quote[]
}

/** Every quote at one moment, by ticker, and the tick that made them; undefined before the first tick. */
export interface QuoteTable {
  readonly tickedAt: string | undefined
  readonly quotes: ReadonlyMap<string, Quote>
}

/** Reads the current price of anything. Quotes come from memory, so a read does not wait for the store. */
export interface QuoteReader {
  current(assetId: string): Promise<Quote | undefined>
  currentMany(assetIds: readonly string[]): Promise<ReadonlyMap<string, Quote>>
  /** The quotes of the last tick up to a moment (`momentMs` of the request), so that two reads of a request agree. */
  asOf(momentMs: number | undefined): Promise<QuoteTable>
  /** Every asset that has a price, in no particular order. */
  all(): Promise<readonly Quote[]>
  /** When the market last ticked; undefined before the first tick. */
  tickedAt(): string | undefined
  /** Calls the listener with the quotes of every tick; what a gap lost must be read again. */
  onTick(listener: (quotes: readonly Quote[]) => void): () => void
  close(): Promise<void>
}

/** Whether trades may fill, and waiting orders and alerts may trigger, at this quote. */
export const isTraded = ({
  isActive,
  haltedSince,
}: Pick<Quote, 'isActive' | 'haltedSince'>): boolean => isActive && haltedSince === undefined

/** Whether two quotes of an asset say something different to those who trade. */
export const isChanged = (before: Quote, after: Quote): boolean =>
  before.price !== after.price ||
  before.quotedAt !== after.quotedAt ||
  before.isActive !== after.isActive ||
  before.haltedSince !== after.haltedSince ||
  before.delistedAt !== after.delistedAt

const tickerPattern = /^[A-Za-z0-9]{1,10}$/

/** Whether a text can be the ticker of an asset, in any case. */
export const isTicker = (text: string): boolean => tickerPattern.test(text)

/** A ticker as the platform writes it. Checked before it is upper-cased, which turns some other letters into these. */
export function checkTicker(text: string, field = 'assetId'): string {
  if (isTicker(text)) return text.toUpperCase()
  throw new BadInput(field, 'must be 1 to 10 letters or digits')
}
