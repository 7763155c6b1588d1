import { BadInput } from '@cnop/kit/errors'
import { readInstant } from '@cnop/kit/instant'
import {
  parseDecimal,
  type Price,
  priceScale,
  type Quantity,
  quantityScale,
  type Usd,
  usdFromCents,
  usdScale,
} from '@cnop/kit/money'
import type { LegacyOrder } from '@cnop/order/operator'
import { importedHash, type LegacyUser } from '@cnop/user/operator'
import type { Attributes, ExportRow } from './read-export.ts'

/** In the order in which the rows of a user are imported. */
export const rowKinds = ['user', 'balance', 'holding', 'trade', 'movement', 'order'] as const
export type RowKind = (typeof rowKinds)[number]

/** Why a row is not imported. */
export type Reason =
  | 'MALFORMED'
  | 'NEGATIVE_BALANCE'
  | 'NEGATIVE_HOLDING'
  | 'FRACTION'
  | 'UNKNOWN_ASSET'
  | 'DUPLICATE_USERNAME'
  | 'DUPLICATE_EMAIL'
  | 'DUPLICATE_ROW'
  | 'MISSING_USER'
  | 'USER_REFUSED'
  | 'OPEN_ORDER'
  | 'NOT_MOVED'

export class RowRefused extends Error {
  override readonly name = 'RowRefused'
  readonly reason: Reason

  constructor(reason: Reason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** A row of a user, by the keys of the old tables. */
export interface LegacyRow {
  readonly kind: RowKind
  readonly username: string
  readonly at: string
  readonly attributes: Attributes
}

const text = (row: Attributes, name: string): string => {
  const value = row[name]
  if (typeof value !== 'string' || value === '')
    throw new RowRefused('MALFORMED', `${name} is missing`)
  return value
}

const optional = (row: Attributes, name: string): string | undefined => {
  const value = row[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Which table of the old system a row is from, and whose it is. */
export function classify({ at, attributes }: ExportRow): LegacyRow {
  if (!attributes) throw new RowRefused('MALFORMED', 'not a row in DynamoDB JSON')
  if (attributes['product_id'] !== undefined)
    throw new RowRefused('NOT_MOVED', 'an asset of the old market: this platform has its own')
  const pk = text(attributes, 'Pk')
  const sk = text(attributes, 'Sk')
  if (sk === 'LOCK') throw new RowRefused('NOT_MOVED', 'a lock of the old system')
  const kind = kindOf(pk, sk)
  if (!kind) throw new RowRefused('MALFORMED', `no known row has the keys ${pk}, ${sk}`)
  const owner = kind === 'user' ? pk : text(attributes, 'username')
  return { kind, username: owner.toLowerCase(), at, attributes }
}

function kindOf(pk: string, sk: string): RowKind | undefined {
  if (pk.startsWith('TRANS#')) return 'movement'
  if (pk.startsWith('ASSET_TRANS#')) return 'trade'
  if (sk === 'USER') return 'user'
  if (sk === 'BALANCE') return 'balance'
  if (sk === 'ORDER') return 'order'
  return sk.startsWith('ASSET#') ? 'holding' : undefined
}

/** A time of the old system: UTC with or without a zone, with up to six decimals. */
export function readTime(row: Attributes, name: string): string {
  const written = text(row, name).replace(' ', 'T')
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`
  const ms = readInstant(zoned.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  if (ms === undefined) throw new RowRefused('MALFORMED', `${name} is no time`)
  return new Date(ms).toISOString()
}

export function readUser(row: Attributes): LegacyUser & { readonly passwordHash: string } {
  const passwordHash = text(row, 'password_hash')
  if (!importedHash.test(passwordHash))
    throw new RowRefused('MALFORMED', 'password_hash is no bcrypt hash of a cost from 4 to 14')
  return {
    username: text(row, 'Pk'),
    email: text(row, 'email'),
    firstName: text(row, 'first_name'),
    lastName: text(row, 'last_name'),
    phone: optional(row, 'phone'),
    dateOfBirth: optional(row, 'date_of_birth'),
    marketingConsent: ['true', '1', true].includes(row['marketing_emails_consent'] ?? false),
    createdAt: readTime(row, 'created_at'),
    updatedAt: readTime(row, 'updated_at'),
    passwordHash,
  }
}

/** What happens with digits behind the smallest unit: the row is refused, or they are dropped. */
export type Fractions = 'refuse' | 'down'

export interface Amount<Unit> {
  readonly value: Unit
  /** Digits were dropped. */
  readonly isRounded: boolean
}

const scientific = /^(-?)(\d+)(?:\.(\d*))?[eE]([+-]?\d{1,3})$/

/** `1.5E-7` in plain digits; Python writes small and round decimals like this. */
function plainDigits(written: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = scientific.exec(written) ?? []
  if (whole === '') return written
  const shift = parseInt(exponent, 10)
  const digits = whole + fraction
  const point = whole.length + shift
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0').slice(0, point)}.${digits.slice(point)}`.replace(
    /\.$/,
    '',
  )
}

/** A decimal of a row; digits behind the scale are dropped toward zero. */
function readDecimal(row: Attributes, name: string, scale: number): Amount<bigint> {
  const written = plainDigits(text(row, name))
  const [, head = '', rest = ''] =
    new RegExp(`^(-?\\d+(?:\\.\\d{0,${scale}})?)(\\d*)$`).exec(written) ?? []
  try {
    const value = parseDecimal(head.replace(/\.$/, ''), scale, name)
    return { value, isRounded: /[1-9]/.test(rest) }
  } catch (error) {
    if (!(error instanceof BadInput)) throw error
    throw new RowRefused('MALFORMED', `${name} is no number of this platform`)
  }
}

const isNegative = (row: Attributes, name: string): boolean =>
  text(row, name).startsWith('-') && /[1-9]/.test(text(row, name))

export function readBalance(row: Attributes, fractions: Fractions): Amount<Usd> {
  const { value, isRounded } = readDecimal(row, 'current_balance', usdScale)
  if (isNegative(row, 'current_balance'))
    throw new RowRefused('NEGATIVE_BALANCE', 'the balance is negative')
  if (isRounded && fractions === 'refuse')
    throw new RowRefused('FRACTION', 'the balance has a fraction of a cent')
  return { value: value as Usd, isRounded }
}

const ticker = /^[A-Z0-9]{1,10}$/

function readAsset(row: Attributes): string {
  const assetId = text(row, 'asset_id').toUpperCase()
  if (!ticker.test(assetId) || assetId === 'USD')
    throw new RowRefused('UNKNOWN_ASSET', 'asset_id cannot be an asset of this platform')
  return assetId
}

export function readHolding(
  row: Attributes,
  fractions: Fractions,
): Amount<Quantity> & { readonly assetId: string } {
  const { value, isRounded } = readDecimal(row, 'quantity', quantityScale)
  if (isNegative(row, 'quantity'))
    throw new RowRefused('NEGATIVE_HOLDING', 'the quantity is negative')
  if (isRounded && fractions === 'refuse')
    throw new RowRefused('FRACTION', 'the quantity has more than 8 decimals')
  return { assetId: readAsset(row), value: value as Quantity, isRounded }
}

/** A trade for the cost of what is held. */
export function readTrade(row: Attributes) {
  const isBuy = text(row, 'transaction_type').toUpperCase() === 'BUY'
  const isDone = text(row, 'status').toUpperCase() === 'COMPLETED'
  return {
    assetId: readAsset(row),
    isBuy: isBuy && isDone,
    quantity: readDecimal(row, 'quantity', quantityScale).value,
    total: readDecimal(row, 'total_amount', priceScale).value,
  }
}

/** A movement of cash, in 1e-12 dollars; one that was not completed moved nothing. */
export function readMovement(row: Attributes): bigint {
  const { value } = readDecimal(row, 'amount', priceScale)
  return text(row, 'status').toLowerCase() === 'completed' ? value : 0n
}

const statuses: Readonly<Record<string, LegacyOrder['status']>> = {
  completed: 'COMPLETED',
  cancelled: 'CANCELLED',
  failed: 'FAILED',
  expired: 'EXPIRED',
}

function readOrderKind(row: Attributes): Pick<LegacyOrder, 'type' | 'side' | 'status'> {
  const [type, side] = text(row, 'order_type').toUpperCase().split('_')
  if ((type !== 'MARKET' && type !== 'LIMIT') || (side !== 'BUY' && side !== 'SELL'))
    throw new RowRefused('MALFORMED', 'order_type is unknown')
  const status = statuses[text(row, 'status').toLowerCase()]
  if (!status) throw new RowRefused('OPEN_ORDER', 'the order was never finished')
  return { type, side, status }
}

function readOrderAmounts(row: Attributes, side: LegacyOrder['side']) {
  const price = readDecimal(row, 'price', priceScale).value as Price
  const { value, isRounded } = readDecimal(row, 'total_amount', usdScale)
  // As this platform rounds: up what is paid, down what is received.
  const total = usdFromCents(value + (isRounded && side === 'BUY' ? 1n : 0n))
  const quantity = readDecimal(row, 'quantity', quantityScale).value as Quantity
  if (quantity <= 0n || price < 0n || total < 0n)
    throw new RowRefused('MALFORMED', 'an amount of the order is not positive')
  return { price, total, quantity }
}

export function readOrder(username: string, row: Attributes): LegacyOrder {
  const kind = readOrderKind(row)
  const { price, total, quantity } = readOrderAmounts(row, kind.side)
  const isDone = kind.status === 'COMPLETED'
  return {
    ...kind,
    ...{ legacyId: text(row, 'Pk'), username, quantity, assetId: readAsset(row) },
    limitPrice: kind.type === 'LIMIT' ? price : undefined,
    price: isDone ? price : undefined,
    total: isDone ? total : undefined,
    reason: optional(row, 'status_reason'),
    createdAt: readTime(row, 'created_at'),
    updatedAt: readTime(row, 'updated_at'),
  }
}
