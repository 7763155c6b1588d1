import { expect, it } from '@jest/globals'
import { fuzz } from './run.ts'

it('survives 400 cases of seeded random input', async () => {
  const { crashes, status5xx, failures } = await fuzz(400, 7)
  expect({ crashes, status5xx, failures }).toEqual({ crashes: 0, status5xx: 0, failures: [] })
})
