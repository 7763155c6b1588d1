import { z } from 'zod'
import { field } from '../fields.ts'
import type { Window } from '../route.ts'
import { furthestOffset } from '../run-page.ts'

const most = 100

/** Paging that refuses what is out of range. */
export const strictWindow = z.object({
  limit: field.whole({ fallback: 50, min: 1, max: most, description: 'At most this many.' }),
  offset: field.whole({ fallback: 0, min: 0, max: furthestOffset, description: 'Skip this many.' }),
})

/** Paging of lists without validation of the limit: any integer is accepted, and clamped to the range. */
export const lenientWindow = z.object({
  limit: field.whole({
    fallback: 50,
    description: 'At most this many; more than 100 count as 100.',
  }),
  offset: field.whole({ fallback: 0, max: furthestOffset, description: 'Skip this many.' }),
})

export const clampWindow = ({ limit, offset }: Window): Window => ({
  limit: Math.min(most, Math.max(0, limit)),
  offset: Math.max(0, offset),
})

/** The entries of a list that an offset can reach. */
export const wholeWindow: Window = { offset: 0, limit: furthestOffset }
