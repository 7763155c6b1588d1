/** Bounds of inputs that forms check before they send, as the services check them. All are inclusive. */
export const limits = {
  /** US dollars. */
  highestAlertPrice: '1000000000',
  mostActiveAlerts: 50,
  /** Full years. */
  youngestAge: 13,
  oldestAge: 120,
} as const
