/** Bounds of inputs that forms check before they send, as the services check them. All are inclusive. */
export const limits = {
  /** US dollars. */
  highestAlertPrice: '1000000000',
  /** US dollars. The default of `ORDER_MAX_LIMIT_PRICE`. */
  highestLimitPrice: '1000000',
  mostActiveAlerts: 50,
  mostPortfolioAlerts: 10,
  /** How far a price may have to move, in hundredths of a per cent. */
  leastAlertChange: 10,
  greatestAlertRise: 100_000,
  greatestAlertFall: 9_900,
  longestAlertDays: 365,
  /** How far back a repeating alert re-arms, in hundredths of a per cent of its target. */
  leastRearm: 10,
  usualRearm: 100,
  greatestRearm: 5_000,
  /** What crosses an alert more often is not notified of. */
  mostFiresPerHour: 5,
  /** Full years. */
  youngestAge: 13,
  oldestAge: 120,
  /** UTC years that figures of a year are of. An instant has four digits of a year, and the last year has an end. */
  firstYear: 1970,
  lastYear: 9998,
} as const
