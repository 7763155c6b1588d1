import { parseUsd, type Usd } from '@cnop/kit/money'
import { z } from 'zod'

/** The fees of an account, in basis points of the value of a trade. */
export interface FeeRates {
  /** Of an order that waited at its limit price, so that others could trade with it. */
  readonly maker: bigint
  /** Of an order that fills at the price that the market shows. */
  readonly taker: bigint
}

/** The rates from a volume of the last 30 days on. */
export interface FeeTier extends FeeRates {
  readonly from: Usd
}

/** By volume, from nothing on upwards. A maker never pays more than a taker. */
export type FeeSchedule = readonly [FeeTier, ...FeeTier[]]

const mostBasisPoints = 1_000n
const mostTiers = 20
const tierForm = /^(?:(?<from>\d{1,12}(?:\.\d{1,2})?):)?(?<maker>\d{1,4})(?:\/(?<taker>\d{1,4}))?$/

const problems = {
  form: 'must be a rate such as 25, or tiers such as 10/20,100000:5/15: [volume:]maker[/taker], in basis points',
  first: 'must begin with a tier without a volume',
  order: 'must have tiers of growing volume, at most 20 of them',
  rate: 'must have rates of at most 1000 basis points, and none for makers above that for takers',
} as const

function parseTier(text: string): FeeTier | undefined {
  const { from, maker, taker = maker } = tierForm.exec(text)?.groups ?? {}
  if (maker === undefined || taker === undefined) return undefined
  return { from: parseUsd(from ?? '0'), maker: BigInt(maker), taker: BigInt(taker) }
}

/** The tiers of a text, or what is wrong with it. */
function parseSchedule(text: string): FeeSchedule | string {
  const tiers = text.split(',').map((part) => parseTier(part.trim()))
  const [first, ...others] = tiers.filter((tier) => tier !== undefined)
  if (!first || others.length + 1 < tiers.length) return problems.form
  if (first.from > 0n) return problems.first
  const isGrowing = others.every(({ from }, at) => from > (others[at - 1] ?? first).from)
  if (!isGrowing || tiers.length > mostTiers) return problems.order
  const isSound = [first, ...others].every(
    ({ maker, taker }) => maker <= taker && taker <= mostBasisPoints,
  )
  return isSound ? [first, ...others] : problems.rate
}

/** The trading fees: read by every service that charges them or counts with them, and the same in all. */
export const feeFields = {
  ORDER_FEE_BASIS_POINTS: z
    .string()
    .default('0')
    .transform((text, context): FeeSchedule => {
      const schedule = parseSchedule(text)
      if (typeof schedule !== 'string') return schedule
      context.addIssue({ code: 'custom', message: schedule })
      return z.NEVER
    }),
}

/** What an account pays that has traded so much. */
export function ratesAt([first, ...others]: FeeSchedule, volume: Usd): FeeRates {
  return others.findLast(({ from }) => from <= volume) ?? first
}

/** What a sale at the market costs an account that has not traded: what holdings are valued with, because no other account pays more. */
export const saleFee = ([first, ...others]: FeeSchedule): bigint =>
  others.reduce((most, { taker }) => (taker > most ? taker : most), first.taker)
