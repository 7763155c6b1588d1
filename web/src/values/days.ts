const dayMs = 86_400_000

/** A UTC day as the API writes it. */
export const utcDayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The first UTC day of a range of so many days that ends today. */
export const firstDayOf = (days: number): string => utcDayOf(Date.now() - days * dayMs)
