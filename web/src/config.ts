/** Everything about the app that is a choice rather than a rule. The page and the API share one origin. */
export const config = {
  productName: 'CNOP',
  graphqlUrl: '/graphql',
  streamUrl: '/stream',
  healthUrl: '/health',
  pricesEveryMs: 3_000,
  valuesEveryMs: 10_000,
  newsEveryMs: 30_000,
  healthEveryMs: 5_000,
  /** A stream that is not there after this long is made up for by polling. */
  streamPatienceMs: 2_000,
  /** The server gives a sign of life every 12 s; a stream that is silent for longer than two of them is dead. */
  streamSilenceMs: 30_000,
  previewDelayMs: 300,
  /** A market order is refused when the price gets worse than the preview by more than this. */
  slippagePercent: 1,
  /** A limit that is worse than the market by more than this is warned about. */
  limitWarningPercent: 2,
} as const
