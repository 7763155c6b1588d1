/** Everything about the app that is a choice rather than a rule. The page and the API share one origin. */
export const config = {
  productName: 'CNOP',
  graphqlUrl: '/graphql',
  healthUrl: '/health',
  pricesEveryMs: 3_000,
  valuesEveryMs: 10_000,
  healthEveryMs: 5_000,
  previewDelayMs: 300,
  /** A market order is refused when the price gets worse than the preview by more than this. */
  slippagePercent: 1,
} as const
