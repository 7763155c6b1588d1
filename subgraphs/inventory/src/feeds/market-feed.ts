import type { FeedDescription } from '@cnop/quotes/feed-row'
import type { Listing } from '../domain/asset.ts'

/** Where prices come from. */
export interface MarketFeed {
  readonly description: FeedDescription
  /** How long to wait between two reads. */
  readonly intervalMs: number
  /** Whether the price history has to be recorded, or can be computed. */
  readonly needsRecording: boolean
  /** Everything the market lists now, the most important asset first. Throws `FeedUnavailable`. */
  read(): Promise<readonly Listing[]>
}

/** The feed does not answer, or not sensibly. Prices stay as they are and grow old. */
export class FeedUnavailable extends Error {
  override readonly name = 'FeedUnavailable'
}
