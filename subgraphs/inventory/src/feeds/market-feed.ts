import type { FeedDescription } from '@cnop/quotes/feed-row'
import type { Listing } from '../domain/asset.ts'

/** An asset that the platform knows, as its feed names it. */
export interface KnownListing {
  readonly assetId: string
  readonly sourceId: string
}

/** Where prices come from. */
export interface MarketFeed {
  readonly description: FeedDescription
  /** How long to wait between two reads. */
  readonly intervalMs: number
  /** Whether the price history has to be recorded, or can be computed. */
  readonly needsRecording: boolean
  /**
   * Everything the market lists now, the most important asset first. A feed that lists a part of the market looks up
   * the assets that are traded, so that none is lost for a lower rank alone. Throws `FeedUnavailable`.
   */
  read(traded?: readonly KnownListing[]): Promise<readonly Listing[]>
}

/** The feed does not answer, or not sensibly. Prices stay as they are and grow old. */
export class FeedUnavailable extends Error {
  override readonly name = 'FeedUnavailable'
}
