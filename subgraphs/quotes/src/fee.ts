import { wholeNumber } from '@cnop/kit/config'

/** The trading fee, in basis points of the value: read by every service that charges it or counts with it, and the same in all. */
export const feeFields = { ORDER_FEE_BASIS_POINTS: wholeNumber(0, 0, 1_000) }
