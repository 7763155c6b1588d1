/** How long closed alerts are kept. */
const keptDays = 90n

/** When a row of this instant may go, in epoch seconds. */
export const keptUntil = (at: string): bigint => secondsOf(Date.parse(at)) + keptDays * 86_400n

export const secondsOf = (ms: number): bigint => BigInt(Math.floor(ms / 1000))
