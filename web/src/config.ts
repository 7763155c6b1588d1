/** The configurable values of the app. The page and the API share one origin. */
export const config = {
  productName: 'CNOP',
  /** The description of the site. */
  promise: 'Trade assets with exact money, live prices and a ledger that anyone can check.',
  graphqlUrl: '/graphql',
  streamUrl: '/stream',
  healthUrl: '/health',
  pricesEveryMs: 3_000,
  valuesEveryMs: 10_000,
  newsEveryMs: 30_000,
  /** As the price moves, the depth around it is read again, at most this often. */
  depthEveryMs: 2_000,
  /** The same of the range, the volume and the changes of the last days. */
  figuresEveryMs: 2_000,
  /** As trades happen, their list is read again, at most this often. */
  tradesEveryMs: 1_000,
  healthEveryMs: 5_000,
  /** Polling replaces a stream that has not opened within this time. */
  streamPatienceMs: 2_000,
  /** A tab asks the one that has the stream this often; after two and a half times that, either counts as gone. */
  streamAskMs: 10_000,
  /** The server sends heartbeats every 12 s. A stream that misses two is dead. */
  streamSilenceMs: 30_000,
  /** Prices of a ticking market are delayed when no event has come for this long, or for three ticks of a slow market. */
  pricesLateMs: 5_000,
  /** The parts of a page come one by one: the stream of prices takes up more assets at most this often. Each part has just read its prices. */
  pricesGrowMs: 2_000,
  previewDelayMs: 300,
  /** A market order is refused when the price is worse than the preview by more than this. */
  slippagePercent: 1,
  /** A warning is shown for a limit that is worse than the market by more than this. */
  limitWarningPercent: 2,
  /** A limit that counts from a stop on is given more room: a market that falls to a stop may fall fast. */
  stopLimitWarningPercent: 10,
  /** A limit that is worse by more than this has to be confirmed on its own. */
  limitDangerPercent: 50,
} as const
