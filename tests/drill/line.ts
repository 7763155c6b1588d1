/** The result, with null for what was not reached. */
export interface Line {
  readonly requests: number
  readonly failedDuringRoll: number | null
  readonly failedDuringKill: number | null
  readonly failedAfterStop: number | null
  readonly streamsLost: number | null
  readonly alertsExpected: number
  readonly alertsFired: number | null
  readonly alertsCleared: number | null
  readonly orders: number | null
  readonly ordersFilledTwice: number | null
  readonly ordersLost: number | null
  readonly ledgerViolations: number | null
  readonly problems: readonly string[]
}

export const nothing: Omit<Line, 'alertsExpected'> = {
  requests: 0,
  failedDuringRoll: null,
  failedDuringKill: null,
  failedAfterStop: null,
  streamsLost: null,
  alertsFired: null,
  alertsCleared: null,
  orders: null,
  ordersFilledTwice: null,
  ordersLost: null,
  ledgerViolations: null,
  problems: [],
}

export type Judged = Pick<
  Line,
  'failedDuringRoll' | 'streamsLost' | 'ordersFilledTwice' | 'ledgerViolations' | 'problems'
> &
  Partial<Line>

export const isGood = (line: Judged): boolean =>
  [line.failedDuringRoll, line.streamsLost, line.ordersFilledTwice, line.ledgerViolations].every(
    (count) => count === 0,
  ) &&
  line.alertsCleared === line.alertsExpected &&
  line.problems.length === 0
