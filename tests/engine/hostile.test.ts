/** A short form of `npm run engine:hostile`. */
import { expect, it } from '@jest/globals'
import { runHostile } from './hostile/run.ts'

it('refuses what is hostile with a code, or answers it rightly, and answers others meanwhile', async () => {
  const { cases, crashes, failures } = await runHostile({ isShort: true })
  expect(failures).toEqual([])
  expect(crashes).toBe(0)
  expect(cases).toBeGreaterThan(40)
})
