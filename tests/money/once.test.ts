import { expect, it } from '@jest/globals'
import { runOnce } from './once.ts'

it('creates one order per key, with lost replies, before and after a restart', async () => {
  const wrong: string[] = []
  const print = (line: string): void => void wrong.push(line)
  const result = await runOnce({ keys: 24, copies: 4, seed: 3, dropShare: 0.08, print })
  expect(wrong).toEqual([])
  expect(result).toMatchObject({ orders: 24, mismatches: 0 })
  expect(result.droppedReplies).toBeGreaterThan(0)
})
