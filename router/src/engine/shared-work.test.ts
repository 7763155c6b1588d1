import { expect, it } from '@jest/globals'
import { createSharedWork, workKey, type WorkKey } from './shared-work.ts'

/** Of one hash: they differ in characters that it does not take. */
const alike = (count: number): WorkKey[] =>
  Array.from({ length: count }, (_, index) =>
    workKey('users', `${index + 100}${'x'.repeat(1_000)}`),
  )

it('tells keys of one hash apart', async () => {
  const work = createSharedWork<string>()
  const keys = alike(2)
  expect(new Set(keys.map(({ hash }) => hash)).size).toBe(1)
  const [one, other] = keys.map((key) => work.join(key, undefined, () => Promise.resolve(key.text)))
  expect(await one).toBe(keys[0]?.text)
  expect(await other).toBe(keys[1]?.text)
  const text = keys[0]?.text ?? ''
  const starts = ['users', 'admins', 'users'].map((scope) => {
    let count = 0
    const start = () => Promise.resolve(`${(count += 1)}`)
    return { done: work.join(workKey(scope, text), undefined, start), count: () => count }
  })
  await Promise.all(starts.map(({ done }) => done))
  expect(starts.map(({ count }) => count())).toEqual([1, 1, 0])
})

it('keeps a bounded number of works of one hash, and none that has ended', async () => {
  const work = createSharedWork<string>()
  const keys = alike(100)
  const all = keys.map((key) => work.join(key, undefined, () => Promise.resolve(key.text)))
  expect(keys.filter((key) => work.has(key))).toEqual(keys.slice(0, 32))
  expect(await Promise.all(all)).toEqual(keys.map(({ text }) => text))
  expect(keys.some((key) => work.has(key))).toBe(false)
})
