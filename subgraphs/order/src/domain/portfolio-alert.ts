import { BadInput } from '@cnop/kit/errors'
import { divide, formatUsd, type Usd, usdFromCents } from '@cnop/kit/money'
import { isReached, oppositeOf, type PriceDirection } from '@cnop/quotes/nearest-waiting'
import {
  armed,
  checkRepeat,
  fired,
  type RearmDistance,
  rearmLevel,
  type Repeat,
  type RepeatInput,
} from '@cnop/quotes/rearm'
import { basisPoints } from '@cnop/quotes/trade-amounts'
import { limits } from '@cnop/schema/limits'
import { PortfolioAlertExists, PortfolioAlertMet } from './errors.ts'

export const portfolioAlertDirections = [
  'ABOVE',
  'BELOW',
] as const satisfies readonly PriceDirection[]
export const portfolioAlertStatuses = ['ACTIVE', 'FIRED', 'CANCELLED', 'EXPIRED'] as const

/** A request for a notification when a portfolio is worth an amount. */
export interface PortfolioAlert {
  readonly id: string
  readonly direction: PriceDirection
  readonly value: Usd
  /** Of an alert on a change: by how much, and from what value. */
  readonly changeBasisPoints: number | undefined
  readonly referenceValue: Usd | undefined
  readonly repeat: Repeat<Usd> | undefined
  readonly status: (typeof portfolioAlertStatuses)[number]
  readonly createdAt: string
  readonly expiresAt: string | undefined
  readonly closedAt: string | undefined
  readonly firedValue: Usd | undefined
}

export type PortfolioAlertRequest = Pick<
  PortfolioAlert,
  'direction' | 'changeBasisPoints' | 'expiresAt'
> & {
  readonly value: Usd | undefined
  readonly rearm: RearmDistance<Usd> | undefined
}

interface PortfolioAlertInput extends RepeatInput<Usd> {
  readonly direction: PriceDirection
  readonly value?: Usd | null | undefined
  readonly changeBasisPoints?: number | null | undefined
  readonly expiresAt?: string | null | undefined
}

/** US dollars, in cents. */
const highestValue = usdFromCents(BigInt(limits.highestAlertPrice) * 100n)

/** Checks that depend on neither the portfolio nor the time, so that a repeat has the same result. */
export function checkPortfolioAlert(input: PortfolioAlertInput): PortfolioAlertRequest {
  const { direction, value = null, changeBasisPoints = null, expiresAt } = input
  if (value !== null && changeBasisPoints !== null) {
    throw new BadInput('changeBasisPoints', 'cannot be given together with a value')
  }
  if (changeBasisPoints === null) checkValue(value)
  else checkChange(direction, changeBasisPoints)
  return {
    direction,
    value: value ?? undefined,
    changeBasisPoints: changeBasisPoints ?? undefined,
    rearm: checkRepeat(input),
    expiresAt: expiresAt ?? undefined,
  }
}

function checkValue(value: Usd | null): void {
  if (value === null) throw new BadInput('value', 'is required, unless changeBasisPoints is given')
  if (value <= 0n) throw new BadInput('value', 'must be more than zero')
  if (value > highestValue) {
    throw new BadInput('value', `must be at most ${formatUsd(highestValue)}`)
  }
}

function checkChange(direction: PriceDirection, points: number): void {
  const { leastAlertChange, greatestAlertRise, greatestAlertFall } = limits
  const most = direction === 'ABOVE' ? greatestAlertRise : greatestAlertFall
  if (points >= leastAlertChange && points <= most) return
  throw new BadInput('changeBasisPoints', `must be ${leastAlertChange} to ${most}`)
}

/** The alert that a request makes of a portfolio that is worth `current`. Refuses one that is reached, equals another or is out of time. */
export function openPortfolioAlert(
  request: PortfolioAlertRequest,
  { id, current, nowMs, others }: Opening,
): PortfolioAlert {
  const { direction, changeBasisPoints, expiresAt, rearm } = request
  refuseTime(expiresAt, nowMs)
  const value = targetOf(request, current)
  if (isReached(direction, value, current)) throw new PortfolioAlertMet(direction, current)
  const equal = others.find(
    (one) => one.status === 'ACTIVE' && wishOf(one) === wishOf({ ...request, value }),
  )
  if (equal) {
    throw new PortfolioAlertExists(changeBasisPoints === undefined ? 'value' : 'changeBasisPoints')
  }
  return {
    ...{ id, direction, value, changeBasisPoints, expiresAt, status: 'ACTIVE' },
    referenceValue: changeBasisPoints === undefined ? undefined : current,
    repeat: rearm && armed(rearmLevel({ direction, at: value, format: formatUsd }, rearm)),
    createdAt: new Date(nowMs).toISOString(),
    closedAt: undefined,
    firedValue: undefined,
  }
}

interface Opening {
  readonly id: string
  readonly current: Usd
  readonly nowMs: number
  readonly others: readonly PortfolioAlert[]
}

const wishOf = ({
  direction,
  value,
  changeBasisPoints,
}: Pick<PortfolioAlert, 'direction' | 'value' | 'changeBasisPoints'>): string =>
  `${direction}#${changeBasisPoints === undefined ? value : `${changeBasisPoints}bp`}`

function refuseTime(expiresAt: string | undefined, nowMs: number): void {
  if (expiresAt === undefined) return
  const waitMs = Date.parse(expiresAt) - nowMs
  if (waitMs <= 0) throw new BadInput('expiresAt', 'must be in the future')
  if (waitMs > limits.longestAlertDays * 86_400_000) {
    throw new BadInput('expiresAt', `must be at most ${limits.longestAlertDays} days ahead`)
  }
}

/** A change is rounded away from the value now, so that the alert never fires before the whole change. */
function targetOf(
  { direction, value, changeBasisPoints }: PortfolioAlertRequest,
  current: Usd,
): Usd {
  if (changeBasisPoints === undefined) return value ?? current
  if (current <= 0n) {
    throw new BadInput('changeBasisPoints', 'needs a portfolio that is worth something')
  }
  const isRise = direction === 'ABOVE'
  const points = basisPoints + BigInt(isRise ? changeBasisPoints : -changeBasisPoints)
  const target = usdFromCents(divide(current * points, basisPoints, isRise ? 'up' : 'down'))
  if (target > 0n && target <= highestValue) return target
  const reason = `leads to a value that is not above 0 and at most ${formatUsd(highestValue)}`
  throw new BadInput('changeBasisPoints', reason)
}

export interface Watched {
  readonly alert: PortfolioAlert
  /** Whether its user is told. */
  readonly isTold: boolean
}

/** What becomes of an alert when the portfolio is worth `value`; undefined when nothing does. */
export function watchPortfolioAlert(
  alert: PortfolioAlert,
  value: Usd | undefined,
  at: string,
): Watched | undefined {
  const { direction, repeat, expiresAt } = alert
  if (alert.status !== 'ACTIVE') return undefined
  if (expiresAt !== undefined && at >= expiresAt) {
    return { alert: { ...alert, status: 'EXPIRED', closedAt: at }, isTold: true }
  }
  if (value === undefined) return undefined
  if (!repeat || repeat.isArmed) {
    return isReached(direction, alert.value, value) ? fire(alert, value, at) : undefined
  }
  if (!isReached(oppositeOf(direction), repeat.rearmAt, value)) return undefined
  return { alert: { ...alert, repeat: { ...repeat, isArmed: true } }, isTold: false }
}

function fire(alert: PortfolioAlert, value: Usd, at: string): Watched {
  if (!alert.repeat) {
    return { alert: { ...alert, status: 'FIRED', closedAt: at, firedValue: value }, isTold: true }
  }
  const { repeat, isSilent } = fired(alert.repeat, at)
  const firedValue = isSilent ? alert.firedValue : value
  return { alert: { ...alert, repeat, firedValue }, isTold: !isSilent }
}
